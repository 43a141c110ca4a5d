/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.Status.Code;

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
     * @param code how the stream ended
     * @param sent whether the request's headers left this process; a stream that was refused before says nothing
     */
    static Outcome of(Code code, boolean sent) {
        return switch (code) {
            case UNAVAILABLE -> sent ? FAILED : SILENT;
            case DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, DATA_LOSS -> FAILED;
            case CANCELLED, RESOURCE_EXHAUSTED -> SILENT;
            default -> ANSWERED;
        };
    }
}
