/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The request header that says how many attempts of a call came before this one, under the name that gRPC's own retries use (gRFC
 * A6). A busy server refuses further attempts first.
 */
public final class PreviousAttempts {

    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

    private PreviousAttempts() {}

    /**
     * Writes the header, replacing an earlier one.
     *
     * @param headers headers of the attempt, changed
     * @param number how many attempts came before; 0 writes nothing
     */
    public static void write(Metadata headers, int number) {
        headers.discardAll(HEADER);
        if (number > 0) {
            headers.put(HEADER, Integer.toString(number));
        }
    }

    /**
     * Reads the header.
     *
     * @param headers headers of a request
     * @return how many attempts came before, 0 if the caller did not say
     */
    public static int read(Metadata headers) {
        @Nullable String value = headers.get(HEADER);
        if (value == null) {
            return 0;
        }
        try {
            return Math.max(0, Integer.parseInt(value));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
