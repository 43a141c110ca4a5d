/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.Set;

/**
 * A unary call of a safe method that may have two attempts under way: the second one begins on another instance when the first has
 * taken long, or at once when it failed. The first answer wins and the other attempt is cancelled; of two failures the later is told.
 */
final class HedgedCall<ReqT, RespT> extends ParallelCall<ReqT, RespT> {

    // Guarded by this
    private final Undeliveries undeliveries = new Undeliveries();
    private boolean hasSecond;
    private boolean refused;

    HedgedCall(FailoverStage stage, MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        super(stage, method, options, next);
    }

    @Override
    void begin() {
        ParallelAttempt<ReqT, RespT> first;
        synchronized (this) {
            first = make(1, Set.of());
        }
        long delay = stage.maxAttempts > 1 ? stage.hedgeDelayNanos(method) : 0;
        if (delay > 0) {
            schedule(this::hedge, delay);
        }
        begin(first);
    }

    private ParallelAttempt<ReqT, RespT> make(int number, Set<String> tried) {
        ParallelAttempt<ReqT, RespT> made = ParallelAttempt.anywhere(this, new Attempt(number, tried), undeliveries);
        underWay.add(made);
        return made;
    }

    private ParallelAttempt<ReqT, RespT> second(Attempt failedOrSlow) {
        ServiceInstance tried = failedOrSlow.instance();
        hasSecond = true;
        return make(2, tried == null ? Set.of() : Set.of(tried.id()));
    }

    /** The first attempt has taken long. */
    private void hedge() {
        ParallelAttempt<ReqT, RespT> second;
        synchronized (this) {
            ParallelAttempt<ReqT, RespT> first = underWay.numbered(1);
            if (isClosed() || hasSecond || first == null) {
                return;
            }
            second = stage.budget.tryRetry() ? second(first.attempt) : null;
        }
        if (second == null) {
            stage.listener.retryRefused(stage.reference, method, Status.Code.OK);
            return;
        }
        stage.listener.hedged(stage.reference, method);
        begin(second);
    }

    @Override
    ParallelAttempt<ReqT, RespT> again(ParallelAttempt<ReqT, RespT> lost, boolean refused) {
        Attempt anew = new Attempt(lost.attempt.number(), undeliveries.avoiding(lost.attempt.tried()));
        return lost.again(anew, null);
    }

    @Override
    Runnable follow(
            ParallelAttempt<ReqT, RespT> attempt,
            Undelivered undelivered,
            boolean cancelled,
            Status status,
            Metadata trailers) {
        Attempt ended = attempt.attempt;
        boolean repeats = !cancelled && RepeatRule.allows(true, false, undelivered, ended, status, trailers);
        if (repeats && ended.number() == 1 && !hasSecond && stage.maxAttempts > 1) {
            long wait = waitNanos(trailers, 0);
            if (wait >= 0 && stage.budget.tryRetry()) {
                ParallelAttempt<ReqT, RespT> second = second(ended);
                return () -> {
                    stage.listener.failedOver(stage.reference, method, attempt.instance(), status.getCode());
                    beginAfter(wait, second);
                };
            }
            refused = wait >= 0;
        }
        if (repeats && underWay.numbered(3 - ended.number()) != null) {
            return NOTHING;
        }
        ParallelAttempt<ReqT, RespT> slower = ended.number() == 2 ? underWay.numbered(1) : null;
        long cutShortNanos = slower == null ? 0 : slower.tookNanos();
        boolean spent = refused && ended.number() == 1 && !hasSecond;
        List<Runnable> endings = closeHere();
        return () -> {
            if (spent) {
                stage.listener.retryRefused(stage.reference, method, status.getCode());
            }
            if (status.isOk()) {
                stage.seen(method, attempt.tookNanos(), cutShortNanos);
            }
            endings.forEach(Runnable::run);
            end(attempt, status, trailers);
        };
    }

    private void end(ParallelAttempt<ReqT, RespT> last, Status status, Metadata trailers) {
        int attempts;
        boolean decided;
        synchronized (this) {
            attempts = attempts();
            decided = refused || hasSecond;
        }
        FailureClassification end = FailureClassification.of(status, trailers);
        boolean failed = end != FailureClassification.ANSWERED && end != FailureClassification.CANCELLED;
        Status told = failed && decided ? status.augmentDescription(attempted(attempts)) : status;
        Metadata toldTrailers = failed ? FailoverStage.tell(context, decided, trailers) : trailers;
        tell(end, told, toldTrailers, last.headers(), last.message());
    }

    private static String attempted(int attempts) {
        return attempts == 2
                ? "2 attempts (hedged)"
                : "1 attempt, no further one because the retry budget of the reference is spent";
    }
}
