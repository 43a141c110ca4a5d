/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.Metadata;

/**
 * Where the hash key of a call comes from, unless its {@link io.clusterrpc.HashKey} option gives one. Immutable.
 *
 * @param header name of a request header; the bytes of the value count if it ends in {@code -bin}
 */
public record HashKeySource(String header) {

    private static final String HEADER = "header.";

    /** Checks the name. */
    public HashKeySource {
        if (header.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            Metadata.Key.of(header, Metadata.BINARY_BYTE_MARSHALLER);
        } else {
            Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
        }
    }

    /**
     * Reads the configured form.
     *
     * @param text {@code header.<name>}
     * @return the source
     * @throws IllegalArgumentException if it is anything else
     */
    public static HashKeySource parse(String text) {
        if (!text.startsWith(HEADER)) {
            throw new IllegalArgumentException("hash key: '" + text + "' (expected: header.<name>)");
        }
        return new HashKeySource(text.substring(HEADER.length()));
    }

    /** The configured form. */
    @Override
    public String toString() {
        return HEADER + header;
    }
}
