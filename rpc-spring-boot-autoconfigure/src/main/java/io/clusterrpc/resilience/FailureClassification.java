/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener.Outcome;
import io.clusterrpc.Unprocessed;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * What the end of a call says about the service. The one place where gRPC's codes are judged: the breaker, the failover and the
 * meters all ask here, whatever exceptions a Resilience4j configuration names.
 */
enum FailureClassification {
    /** A handler answered, if only with an error of the application: the service works. */
    ANSWERED(Outcome.ANSWERED),
    /** An instance refused before any handler ran, because it has enough to do: busy, but not broken. */
    SHED(Outcome.FAILED),
    /** Nobody answered in time, or what answered was broken. */
    FAILED(Outcome.FAILED),
    /** Given up before it could say anything. */
    CANCELLED(Outcome.CANCELLED);

    private final Outcome outcome;

    FailureClassification(Outcome outcome) {
        this.outcome = outcome;
    }

    static FailureClassification of(Status status, Metadata trailers) {
        return switch (status.getCode()) {
            case OK,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED -> ANSWERED;
            case RESOURCE_EXHAUSTED -> Unprocessed.isMarked(trailers) ? SHED : ANSWERED;
            // UNKNOWN and INTERNAL are what HTTP calls 500: a handler that threw, a broken frame, a proxy's error page.
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, DATA_LOSS -> FAILED;
            case CANCELLED -> CANCELLED;
        };
    }

    /** How meters call it. */
    Outcome outcome() {
        return outcome;
    }
}
