/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.CallOptions;
import io.grpc.Context;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Where a call's callbacks run when no stream of gRPC calls them. */
final class CallbackExecutor {

    private CallbackExecutor() {}

    /**
     * Runs the task where the caller of the call waits for its callbacks, in the context of the call: a blocking stub brings an
     * executor that works on the blocked thread, and would sleep on if it were called from elsewhere.
     */
    static void run(CallOptions options, Executor otherwise, Context context, Runnable task) {
        Executor own = options.getExecutor();
        Runnable inContext = context.wrap(task);
        try {
            (own != null ? own : otherwise).execute(inContext);
        } catch (RejectedExecutionException e) {
            // The executor is shut down. A call that ends on the wrong thread is better than one that never ends.
            inContext.run();
        }
    }
}
