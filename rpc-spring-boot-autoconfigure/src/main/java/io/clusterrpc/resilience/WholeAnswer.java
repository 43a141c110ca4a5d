/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the executor of a unary call, which gRPC gives every event of an answer (headers, message, end) as it comes: for a
 * caller that blocks, each may be a wake-up. This one keeps what the first event wants to have run until the answer is complete, so
 * that there is one; gRPC queues the others meanwhile.
 *
 * <p>Only what comes between the first sign of an answer and its end is kept, and only if the caller asked for messages enough for
 * that end to come without a further word of its. Everything else passes. Thread-safe.
 */
final class WholeAnswer implements Executor, Attempt.AnswerWatch {

    /** The message of a unary answer, and one that it must not have, so that gRPC sees if it has. */
    private static final int ENOUGH = 2;

    private final Executor executor;

    // Guarded by this
    private int requested;
    private boolean begun;
    private boolean complete;
    private @Nullable Runnable kept;

    WholeAnswer(Executor executor) {
        this.executor = executor;
    }

    /** The caller asks for messages; to be said before gRPC hears it. */
    synchronized void requested(int messages) {
        requested = Math.min(ENOUGH, requested + Math.min(ENOUGH, messages));
    }

    @Override
    public void execute(Runnable callbacks) {
        Runnable before;
        synchronized (this) {
            if (begun && !complete && kept == null && requested == ENOUGH) {
                kept = callbacks;
                return;
            }
            before = takeKept();
        }
        if (before != null) {
            executor.execute(before);
        }
        executor.execute(callbacks);
    }

    @Override
    public synchronized void begun() {
        begun = true;
    }

    @Override
    public void complete() {
        Runnable callbacks;
        synchronized (this) {
            complete = true;
            callbacks = takeKept();
        }
        if (callbacks == null) {
            return;
        }
        try {
            executor.execute(callbacks);
        } catch (RejectedExecutionException e) {
            // A call that ends on the wrong thread is better than one that never ends.
            callbacks.run();
        }
    }

    private @Nullable Runnable takeKept() {
        Runnable taken = kept;
        kept = null;
        return taken;
    }
}
