/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.Context;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the layers of a chain of services from repeating each other's work: with three attempts each, the last one of four layers
 * would otherwise be called 27 times. The rule: <b>who stands nearest to a failure decides about repeating it, and whoever is further
 * up does not decide again</b>. When a call that is made while a request is served fails in spite of being repeated, or because its
 * retry budget was spent, that is noted in the request's {@link Context}; if the request then fails too, whatever with, the answer
 * carries the trailer {@code rpc-retried-below}, and a caller that understands it does not repeat the request. A request that
 * succeeds says nothing.
 *
 * <p>Thread-safe. Foreign callers ignore the trailer; where a handler loses the context of its request, no note is taken.
 */
public final class RetriedBelow {

    private static final Metadata.Key<String> TRAILER =
            Metadata.Key.of("rpc-retried-below", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<RetriedBelow> KEY = Context.key("io.clusterrpc.retried-below");

    private volatile boolean noted;

    private RetriedBelow() {}

    /**
     * A context in which a request is served.
     *
     * @param context the context of the request so far
     * @return a context that takes a note of its own
     */
    public static Context in(Context context) {
        return context.withValue(KEY, new RetriedBelow());
    }

    /**
     * Notes that a call failed about whose repetition was decided already; without effect where no request is served.
     *
     * @param context the context in which the call was made
     */
    public static void note(Context context) {
        RetriedBelow request = KEY.get(context);
        if (request != null) {
            request.noted = true;
        }
    }

    /**
     * Whether such a call failed.
     *
     * @param context the context in which a request is served
     * @return {@code true} after {@link #note} in the context, or in one that was derived from it
     */
    public static boolean isNoted(Context context) {
        @Nullable RetriedBelow request = KEY.get(context);
        return request != null && request.noted;
    }

    /**
     * Marks the answer of a failed request.
     *
     * @param trailers trailers of the answer, changed
     */
    public static void mark(Metadata trailers) {
        trailers.discardAll(TRAILER);
        trailers.put(TRAILER, "true");
    }

    /**
     * Whether a server marked its answer.
     *
     * @param trailers trailers of an answer
     * @return {@code true} if the request shall not be repeated
     */
    public static boolean isMarked(Metadata trailers) {
        return trailers.containsKey(TRAILER);
    }
}
