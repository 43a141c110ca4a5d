/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Status;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time between two attempts of a {@link FailoverCall}: until the backoff has passed and the caller has said all it has to say.
 * The call ends instead if meanwhile the caller's context is cancelled or its deadline passes, which an attempt would notice itself.
 * Whether the call still waits is its own state, and its lock guards what is here; the same object serves all pauses of a call.
 */
final class AttemptPause implements Context.CancellationListener {

    /** How a call ends whose deadline passes between two attempts. */
    static final Status PASSED = Status.DEADLINE_EXCEEDED.withDescription("The deadline passed between two attempts");

    private final FailoverCall<?, ?> call;
    private final CallRuntime runtime;
    private final CallOptions options;
    private final Context context;
    private final @Nullable Deadline deadline;

    // Guarded by the call
    private boolean backoffOver;
    private @Nullable ScheduledFuture<?> timer;

    AttemptPause(
            FailoverCall<?, ?> call,
            CallRuntime runtime,
            CallOptions options,
            Context context,
            @Nullable Deadline deadline) {
        this.call = call;
        this.runtime = runtime;
        this.options = options;
        this.context = context;
        this.deadline = deadline;
    }

    /**
     * Waits, then has the call begin its next attempt.
     *
     * @param nanos the backoff
     * @return {@code false} if there shall be none, so that the call must be closed
     */
    boolean begin(long nanos) {
        boolean waits;
        // Before the state changes: whoever changes it back removes the listener.
        context.addListener(this, Runnable::run);
        synchronized (call) {
            waits = call.beginsToWait();
            if (waits) {
                backoffOver = false;
            }
        }
        if (!waits) {
            context.removeListener(this);
            return false;
        }
        if (context.isCancelled()) {
            cancelled(context);
        } else if (nanos == 0) {
            goOn();
        } else if (!schedule(this::backoffPassed, nanos) && call.stopsWaiting(FailoverCall.State.RUNNING)) {
            context.removeListener(this);
            return false;
        }
        return true;
    }

    /** Whether only the caller's last words are awaited. Guarded by the call. */
    boolean isBackoffOver() {
        return backoffOver;
    }

    private void backoffPassed() {
        runtime.callBack(options, context, this::goOn);
    }

    /** The backoff is over: begins the next attempt if the caller has said all, else waits for that. */
    void goOn() {
        boolean complete;
        ScheduledFuture<?> pending;
        synchronized (call) {
            if (!call.isWaiting()) {
                return;
            }
            backoffOver = true;
            complete = call.hasCompleteRequest() && call.stopsWaiting(FailoverCall.State.OPENING);
            pending = timer;
        }
        if (complete) {
            end(pending);
            call.openNext();
        } else if (deadline != null) {
            // A caller that never completes its request must not make the call last longer than it may.
            schedule(this::deadlinePassed, deadline.timeRemaining(TimeUnit.NANOSECONDS));
        }
    }

    private void deadlinePassed() {
        if (call.stopsWaiting(FailoverCall.State.CLOSED)) {
            call.closeOnExecutor(PASSED);
        }
    }

    @Override
    public void cancelled(Context cancelled) {
        if (call.stopsWaiting(FailoverCall.State.CLOSED)) {
            call.closeOnExecutor(Contexts.statusFromCancelled(context));
        }
    }

    /** Forgets what it waited for. Called by whoever made the call stop waiting. */
    void end() {
        ScheduledFuture<?> pending;
        synchronized (call) {
            pending = timer;
        }
        end(pending);
    }

    private void end(@Nullable ScheduledFuture<?> pending) {
        if (pending != null) {
            pending.cancel(false);
        }
        context.removeListener(this);
    }

    private boolean schedule(Runnable task, long nanos) {
        ScheduledFuture<?> scheduled;
        try {
            scheduled = runtime.scheduler().schedule(task, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return false;
        }
        synchronized (call) {
            if (call.isWaiting()) {
                timer = scheduled;
                return true;
            }
        }
        scheduled.cancel(false);
        return true;
    }
}
