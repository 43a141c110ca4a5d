/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;

/** The deadline that holds for a call. */
final class Deadlines {

    private Deadlines() {}

    /** The earlier one of the call options and the context, as gRPC sees it. */
    static @Nullable Deadline of(CallOptions options, Context context) {
        Deadline own = options.getDeadline();
        Deadline outer = context.getDeadline();
        if (own == null || outer == null) {
            return own == null ? outer : own;
        }
        return own.minimum(outer);
    }
}
