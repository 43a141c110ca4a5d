/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A unary call that may have several attempts under way at a time; how many, where, and whose answer counts is the matter of those
 * who extend it.
 *
 * <ul>
 *   <li>Attempts only ever talk to this call, on the executor of the runtime, since one of them may outlive the thread of a blocked
 *       caller, and are spoken to by one thread each. One that surely reached nobody is made again at once; only the end of others is
 *       told.
 *   <li>What follows the end of an attempt is decided in one piece with it, under the lock, so that of two that end at the same time
 *       each knows of the other.
 *   <li>Whoever closes the call cancels the attempts that have begun; the others are cancelled by the thread that begins them.
 * </ul>
 */
abstract sealed class ParallelCall<ReqT, RespT> extends HeldCall<ReqT, RespT> permits FanOutCall, HedgedCall {

    static final Runnable NOTHING = () -> {};

    private final Channel next;

    // Guarded by this
    final UnderWay<ReqT, RespT> underWay = new UnderWay<>();
    private int attempts;

    ParallelCall(FailoverStage stage, MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        super(stage, method, options);
        this.next = next;
    }

    // What those who extend it decide

    /**
     * The attempt that takes the place of one that surely reached nobody. Guarded by this.
     *
     * @param refused whether a server refused it, so that another one is better
     */
    abstract ParallelAttempt<ReqT, RespT> again(ParallelAttempt<ReqT, RespT> lost, boolean refused);

    /**
     * Decides what follows the end of an attempt. Guarded by this, never asked once the call is closed.
     *
     * @param undelivered what the transport says about the request
     * @param cancelled whether the context of the call is, so that nothing new shall begin
     * @return what to do without the lock
     */
    abstract Runnable follow(
            ParallelAttempt<ReqT, RespT> attempt,
            Undelivered undelivered,
            boolean cancelled,
            Status status,
            Metadata trailers);

    // The attempts

    /** Begins an attempt that is {@link #underWay}, unless the call is over. Called once for each. */
    final void begin(ParallelAttempt<ReqT, RespT> attempt) {
        synchronized (this) {
            if (isClosed()) {
                return;
            }
            attempts += attempt.again ? 0 : 1;
        }
        attempt.begin(next, options, headers(), request());
    }

    /** Begins it after a while. */
    final void beginAfter(long nanos, ParallelAttempt<ReqT, RespT> attempt) {
        if (nanos == 0 || !schedule(() -> begin(attempt), nanos)) {
            begin(attempt);
        }
    }

    @Override
    final int attempts() {
        return attempts;
    }

    @Override
    final List<Runnable> endings() {
        return underWay.endings();
    }

    /** Says that an attempt ended; heeded once. */
    final void ended(ParallelAttempt<ReqT, RespT> attempt, Status status, Metadata trailers) {
        Undelivered undelivered = status.isOk() ? Undelivered.NO : Undelivered.of(attempt.attempt, status);
        boolean cancelled = context.isCancelled();
        boolean over = cancelled || (deadline != null && deadline.isExpired());
        ParallelAttempt<ReqT, RespT> anew = null;
        Runnable next = NOTHING;
        synchronized (this) {
            if (!underWay.remove(attempt)) {
                return;
            }
            boolean repeats =
                    undelivered != Undelivered.NO && attempt.undeliveries.repeats(attempt.attempt, undelivered);
            if (repeats && !over && !isClosed()) {
                anew = again(attempt, undelivered == Undelivered.REFUSED);
                underWay.add(anew);
            } else if (!isClosed()) {
                next = follow(attempt, undelivered, cancelled, status, trailers);
            }
        }
        attempt.attempt.close();
        if (anew != null) {
            stage.listener.undelivered(stage.reference, method, attempt.instance());
            begin(anew);
            return;
        }
        stage.listener.attemptEnded(
                stage.reference,
                method,
                attempt.instance(),
                attempt.attempt.number(),
                status.getCode(),
                attempt.tookNanos());
        next.run();
    }

    /**
     * How long another attempt has to wait: as long as the server said, if it said something.
     *
     * @return nanoseconds, negative if there shall be none, also because the deadline comes first
     */
    final long waitNanos(Metadata trailers, long otherwise) {
        long told = stage.pushbackNanos(trailers);
        long wait = told == 0 ? otherwise : told;
        return deadline != null && wait >= deadline.timeRemaining(TimeUnit.NANOSECONDS) ? -1 : wait;
    }

    /**
     * Runs something later, where the caller waits for its callbacks.
     *
     * @return {@code false} if that is not possible any more
     */
    final boolean schedule(Runnable task, long nanos) {
        Future<?> scheduled;
        try {
            scheduled = stage.runtime
                    .scheduler()
                    .schedule(() -> stage.runtime.callBack(options, context, task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return false;
        }
        synchronized (this) {
            if (!isClosed()) {
                underWay.add(scheduled);
                return true;
            }
        }
        scheduled.cancel(false);
        return true;
    }
}
