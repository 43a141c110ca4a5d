/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.Status;

/** What the end of a stream says about the instance that served it. */
enum Outcome {
    /** It answered: with OK or with an error that the application chose. */
    ANSWERED,
    /** It is broken, gone, or too slow. */
    FAILED,
    /** Nothing: the caller gave up, or the instance rightly protected itself. */
    SILENT;

    /**
     * Classifies the end of a stream.
     *
     * @param status how the stream ended
     * @param sent whether the request's headers left this process; a stream that was refused before says nothing
     */
    static Outcome of(Status status, boolean sent) {
        return switch (status.getCode()) {
            case UNAVAILABLE -> sent ? FAILED : SILENT;
            case DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, DATA_LOSS -> FAILED;
            case CANCELLED, RESOURCE_EXHAUSTED -> SILENT;
            default -> ANSWERED;
        };
    }
}
