/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.Metadata;

/**
 * The response trailer with which a server says that the request reached no handler (shed, draining, wrong instance), so that it
 * may be sent to another instance whatever the method does.
 */
public final class Unprocessed {

    private static final Metadata.Key<String> TRAILER =
            Metadata.Key.of("rpc-unprocessed", Metadata.ASCII_STRING_MARSHALLER);

    private Unprocessed() {}

    /**
     * Marks the trailers.
     *
     * @param trailers trailers of the answer, changed
     * @param why a short reason for people who look at the wire, for example {@code draining}
     * @return the trailers
     */
    public static Metadata mark(Metadata trailers, String why) {
        trailers.discardAll(TRAILER);
        trailers.put(TRAILER, why);
        return trailers;
    }

    /**
     * Removes the mark. It is true of the request that was answered so and of no other, so it must not reach a handler that passes
     * trailers on to its own caller.
     *
     * @param trailers trailers of an answer, changed
     */
    public static void clear(Metadata trailers) {
        trailers.discardAll(TRAILER);
    }

    /**
     * Whether a server marked its answer.
     *
     * @param trailers trailers of an answer
     * @return {@code true} if the request reached no handler
     */
    public static boolean isMarked(Metadata trailers) {
        return trailers.containsKey(TRAILER);
    }
}
