/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What calls run on. Whoever makes the parts closes them, after the channels.
 *
 * @param scheduler times backoffs and first responses; its tasks never block and never call an application's code
 * @param executor runs what follows a backoff, and the callbacks of calls that end without a stream, for calls that bring no
 *     executor of their own (blocking stubs do); an application's callbacks may block in it
 * @param clock the monotonic clock of deadlines and durations
 */
public record CallRuntime(ScheduledExecutorService scheduler, Executor executor, Deadline.Ticker clock) {

    /**
     * With the system's clock.
     *
     * @param scheduler see above
     * @param executor see above
     */
    public CallRuntime(ScheduledExecutorService scheduler, Executor executor) {
        this(scheduler, executor, Deadline.getSystemTicker());
    }

    /**
     * Runs what no stream of gRPC calls, where the caller of the call waits for its callbacks and in the context of the call: a
     * blocking stub brings an executor that works on the blocked thread, and would sleep on if it were called from elsewhere.
     *
     * @param options of the call
     * @param context of the call
     * @param task what to run
     */
    public void callBack(CallOptions options, Context context, Runnable task) {
        Executor own = options.getExecutor();
        Runnable inContext = context.wrap(task);
        try {
            (own != null ? own : executor).execute(inContext);
        } catch (RejectedExecutionException e) {
            // It is shut down. A call that ends on the wrong thread is better than one that never ends.
            inContext.run();
        }
    }
}
