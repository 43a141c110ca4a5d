/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What became of the attempts of a {@link FailoverCall} so far, and what follows from that: whether there is another one, when, where
 * not, and what the caller is told in the end. Not thread-safe: belongs to whoever decides what the call does next.
 */
final class AttemptHistory {

    /** No further attempt. */
    static final long NONE = -1;

    private final FailoverStage stage;
    private final MethodDescriptor<?, ?> method;
    private final Context context;
    private final @Nullable Deadline deadline;
    private final boolean safe;
    private final boolean only;
    private @Nullable FailedAttempts failed;
    private @Nullable Undeliveries undelivered;

    /** What the caller hears last. */
    record End(Status status, Metadata trailers) {}

    /**
     * Begins with no attempt.
     *
     * @param safe whether the method may be handled twice
     * @param only whether it has a single attempt, apart from those that surely reached nobody
     */
    AttemptHistory(
            FailoverStage stage,
            MethodDescriptor<?, ?> method,
            Context context,
            @Nullable Deadline deadline,
            boolean safe,
            boolean only) {
        this.stage = stage;
        this.method = method;
        this.context = context;
        this.deadline = deadline;
        this.safe = safe;
        this.only = only;
    }

    /** The instances that the next attempt shall avoid. */
    Set<String> avoided() {
        Set<String> tried = failed == null ? Set.of() : failed.tried();
        return undelivered == null ? tried : undelivered.avoiding(tried);
    }

    /** What the next attempt may take; 0 for all that is left. */
    long timeoutNanos(int number) {
        return only ? 0 : stage.attemptTimeoutNanos(method, safe, number, deadline);
    }

    boolean allowsRepeat(boolean timedOut, Undelivered undelivered, Attempt attempt, Status status, Metadata trailers) {
        return !only
                && !context.isCancelled()
                && RepeatRule.allows(safe, timedOut, undelivered, attempt, status, trailers);
    }

    /**
     * Whether an attempt that surely reached nobody is made again, at once: whatever the method, and without counting it. Then
     * {@link #takesRepeat} says so, once.
     *
     * @return {@code false} if it counts as a failed attempt like any other
     */
    boolean repeatsUndelivered(Attempt attempt, Undelivered why) {
        if (context.isCancelled() || isLate()) {
            return false;
        }
        if (undelivered == null) {
            undelivered = new Undeliveries();
        }
        if (!undelivered.repeats(attempt, why)) {
            return false;
        }
        stage.listener.undelivered(stage.reference, method, attempt.instance());
        return true;
    }

    /** Whether the next attempt takes the place of one that reached nobody, asked once. */
    boolean takesRepeat() {
        return undelivered != null && undelivered.over();
    }

    /** Whether the deadline of the call has passed. */
    boolean isLate() {
        return deadline != null && deadline.isExpired();
    }

    /**
     * Takes note of an attempt that ended.
     *
     * @param mayRepeat whether the way it ended allows another one
     * @return how long to wait before the next one, {@link #NONE} if there shall be none
     */
    long ended(Attempt attempt, boolean mayRepeat, Status status, Metadata trailers) {
        FailedAttempts soFar = failed;
        if (soFar == null && mayRepeat) {
            soFar = new FailedAttempts(stage.retry.asyncContext());
            failed = soFar;
        }
        if (soFar == null) {
            return NONE;
        }
        soFar.add(attempt, status.getCode());
        boolean enough = FailureClassification.of(status, trailers) == FailureClassification.SHED && soFar.shedAgain();
        if (!mayRepeat || enough) {
            return NONE;
        }
        long wait = stage.backoffNanos(soFar, method, attempt.number(), status, trailers);
        if (wait >= 0 && deadline != null && wait >= deadline.timeRemaining(TimeUnit.NANOSECONDS)) {
            soFar.outOfTime();
            return NONE;
        }
        return wait;
    }

    /** The deadline, or the caller, left no time for another attempt. */
    void outOfTime() {
        if (failed != null) {
            failed.outOfTime();
        }
    }

    /** The next attempt begins after one that failed. */
    void failsOver() {
        FailedAttempts soFar = failed;
        if (soFar != null) {
            stage.listener.failedOver(stage.reference, method, soFar.lastInstance(), soFar.lastCode());
        }
    }

    /**
     * The call ends: tells the retry of the reference and the listeners, and makes of the last attempt's words those to the caller.
     *
     * @param attempts how many there were
     * @param startedNanos when the call began
     */
    End end(Status status, Metadata trailers, int attempts, long startedNanos) {
        Status told = status;
        Metadata toldTrailers = trailers;
        FailureClassification end = FailureClassification.of(status, trailers);
        if (end == FailureClassification.ANSWERED) {
            if (!only) {
                stage.answered(failed == null ? null : failed.context);
            }
        } else if (end != FailureClassification.CANCELLED) {
            if (failed != null && failed.isWorthTelling()) {
                told = status.augmentDescription(failed.toString());
            }
            toldTrailers = FailoverStage.tell(context, failed != null && failed.isDecided(), trailers);
        }
        stage.listener.callEnded(
                stage.reference,
                method,
                end.outcome(),
                status.getCode(),
                attempts,
                stage.runtime.clock().nanoTime() - startedNanos);
        return new End(told, toldTrailers);
    }
}
