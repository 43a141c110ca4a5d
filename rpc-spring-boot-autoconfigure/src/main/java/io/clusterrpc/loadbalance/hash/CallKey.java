/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import io.clusterrpc.HashKey;
import io.clusterrpc.loadbalance.HashKeySource;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The key of a call at its pick: the option, else the header. One from the request message is an option by then. Immutable.
 */
final class CallKey {

    private final Metadata.@Nullable Key<String> text;
    private final Metadata.@Nullable Key<byte[]> binary;

    CallKey(@Nullable HashKeySource source) {
        String header = source == null || source.from() != HashKeySource.From.HEADER ? null : source.name();
        boolean bytes = header != null && header.endsWith(Metadata.BINARY_HEADER_SUFFIX);
        this.text = header == null || bytes ? null : Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
        this.binary = header != null && bytes ? Metadata.Key.of(header, Metadata.BINARY_BYTE_MARSHALLER) : null;
    }

    /** The key, {@code null} if the call has none. */
    @Nullable
    HashKey of(PickSubchannelArgs call) {
        HashKey given = call.getCallOptions().getOption(HashKey.KEY);
        if (given != null) {
            return given;
        }
        if (text != null) {
            String value = call.getHeaders().get(text);
            return value == null || value.isEmpty() ? null : HashKey.of(value);
        }
        if (binary != null) {
            byte[] value = call.getHeaders().get(binary);
            return value == null || value.length == 0 ? null : HashKey.of(value);
        }
        return null;
    }
}
