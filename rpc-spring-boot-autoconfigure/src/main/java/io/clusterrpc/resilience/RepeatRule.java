/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.RetriedBelow;
import io.clusterrpc.Unprocessed;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Which failed attempts may be repeated at all; how often and when is Resilience4j's matter. Safe methods may always be repeated,
 * others only if the request surely reached no handler.
 */
final class RepeatRule {

    private RepeatRule() {}

    /**
     * Decides about an attempt that its caller did not cancel and that delivered no response.
     *
     * @param safe whether the method may be handled twice
     * @param timedOut whether the attempt's own timeout ended it, not the deadline of the call
     * @param undelivered what the transport says about the request
     */
    static boolean allows(
            boolean safe,
            boolean timedOut,
            Undelivered undelivered,
            Attempt attempt,
            Status status,
            Metadata trailers) {
        if (RetriedBelow.isMarked(trailers)) {
            return false;
        }
        return switch (status.getCode()) {
            case UNAVAILABLE ->
                safe || attempt.unsent() || undelivered != Undelivered.NO || Unprocessed.isMarked(trailers);
            // Without the mark it is an application's quota, or a message that is too large for every instance.
            case RESOURCE_EXHAUSTED -> Unprocessed.isMarked(trailers);
            // The deadline of a handler's own calls would pass on the next instance as well.
            case DEADLINE_EXCEEDED -> safe && timedOut;
            // A server that is stopped by force resets its streams so. A cause means it happened here, while encoding
            // or decoding.
            case CANCELLED -> safe && status.getCause() == null;
            case UNKNOWN, INTERNAL -> safe && BrokenOff.is(status);
            default -> false;
        };
    }
}
