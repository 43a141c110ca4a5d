/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The request header that says which instance an attempt was picked for. A server of this library answers an id that is not its
 * own with UNAVAILABLE and {@link Unprocessed}, so a reused port or a stale address is never served by accident. Servers of
 * others ignore it.
 */
public final class ExpectedInstance {

    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("rpc-instance", Metadata.ASCII_STRING_MARSHALLER);

    private ExpectedInstance() {}

    /**
     * Writes the header for a picked instance, replacing an earlier one; only removes that if the instance is not
     * {@linkplain ServiceInstance#identified() identified}, since a server refuses an id that is not its own.
     *
     * @param headers headers of the attempt, changed
     * @param instance the picked instance
     */
    public static void write(Metadata headers, ServiceInstance instance) {
        if (instance.identified()) {
            write(headers, instance.id());
        } else {
            headers.discardAll(HEADER);
        }
    }

    /**
     * Writes the header, replacing an earlier one.
     *
     * @param headers headers of the attempt, changed
     * @param instanceId the id of the picked instance
     */
    public static void write(Metadata headers, String instanceId) {
        headers.discardAll(HEADER);
        headers.put(HEADER, instanceId);
    }

    /**
     * Reads the header.
     *
     * @param headers headers of a request
     * @return the id, or {@code null} if the caller did not say
     */
    public static @Nullable String read(Metadata headers) {
        return headers.get(HEADER);
    }
}
