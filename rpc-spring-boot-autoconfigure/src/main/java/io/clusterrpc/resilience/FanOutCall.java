/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.InstanceResult;
import io.clusterrpc.ServiceInstance;
import io.github.resilience4j.core.functions.Either;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that goes to several instances, one attempt each, and ends when its {@link Verdict} is known: then attempts that are
 * still under way are cancelled. An instance that cannot be reached has a result like any other.
 *
 * <p>What surely reached no handler does not have to stay so. A quorum asks another instance instead, while there is one that was not
 * asked yet: at no charge if no stream was created, else once for each instance asked, within the retry budget. An instance that
 * only has too much to do, and for which there is no other, is asked once more itself.
 */
final class FanOutCall<ReqT, RespT> extends ParallelCall<ReqT, RespT> {

    /** How often the registry is asked that has not answered for the first time yet, and how long without a deadline. */
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Verdict<RespT> verdict;

    // Guarded by this
    private final List<InstanceResult<RespT>> results = new ArrayList<>();
    private final List<ServiceInstance> spares = new ArrayList<>();
    private int asked;

    FanOutCall(
            FailoverStage stage,
            Verdict<RespT> verdict,
            MethodDescriptor<ReqT, RespT> method,
            CallOptions options,
            Channel next) {
        super(stage, method, options, next);
        this.verdict = verdict;
    }

    // Who is asked

    @Override
    void begin() {
        List<ServiceInstance> members = stage.fanOut.members().of(method);
        if (members == null && waits()) {
            return;
        }
        Verdict.Choice choice = verdict.choose(stage.reference, method, members == null ? List.of() : members);
        Status refusal = choice.refusal();
        if (refusal != null) {
            finish(refusal, null);
            return;
        }
        List<ParallelAttempt<ReqT, RespT>> attempts = new ArrayList<>();
        synchronized (this) {
            asked = choice.instances().size();
            spares.addAll(choice.spares());
            choice.instances().forEach(instance -> attempts.add(make(instance, 1)));
        }
        attempts.forEach(this::begin);
    }

    /** Whether there is time left until the registry answers. */
    private boolean waits() {
        long left = deadline == null ? PATIENCE_NANOS - tookNanos() : deadline.timeRemaining(TimeUnit.NANOSECONDS);
        return left > POLL_NANOS && schedule(this::begin, POLL_NANOS);
    }

    private ParallelAttempt<ReqT, RespT> make(ServiceInstance instance, int number) {
        ParallelAttempt<ReqT, RespT> made = ParallelAttempt.at(instance, this, attempt(number));
        underWay.add(made);
        return made;
    }

    private Attempt attempt(int number) {
        return new Attempt(number, Set.of(), stage.policy.attemptPatienceNanos(method));
    }

    /** Any instance that was not asked yet. */
    private @Nullable ServiceInstance spare() {
        return spares.isEmpty() ? null : spares.get(stage.fanOut.random().get().nextInt(spares.size()));
    }

    // What follows an attempt

    @Override
    ParallelAttempt<ReqT, RespT> again(ParallelAttempt<ReqT, RespT> lost, boolean refused) {
        ServiceInstance spare = refused ? spare() : null;
        spares.remove(spare);
        return lost.again(attempt(lost.attempt.number()), spare != null ? spare : lost.target);
    }

    @Override
    Runnable follow(
            ParallelAttempt<ReqT, RespT> attempt,
            Undelivered undelivered,
            boolean cancelled,
            Status status,
            Metadata trailers) {
        Attempt ended = attempt.attempt;
        boolean unhandled = !cancelled
                && stage.maxAttempts > 1
                && RepeatRule.allows(false, false, undelivered, ended, status, trailers);
        boolean free = ended.unsent();
        ServiceInstance target = unhandled && (free || ended.number() == 1) ? instead(attempt, status) : null;
        long wait = target == null ? -1 : waitNanos(trailers, target == attempt.target ? backoffNanos(status) : 0);
        if (target != null && wait >= 0 && (free || stage.budget.tryRetry())) {
            spares.remove(target);
            ParallelAttempt<ReqT, RespT> next = make(target, free ? ended.number() : ended.number() + 1);
            return () -> {
                stage.listener.failedOver(stage.reference, method, attempt.instance(), status.getCode());
                beginAfter(wait, next);
            };
        }
        results.add(result(attempt, status));
        List<InstanceResult<RespT>> soFar = results.stream()
                .sorted(Comparator.comparing(each -> each.instance().id()))
                .toList();
        int open = asked - soFar.size();
        return () -> {
            if (wait >= 0) {
                stage.listener.retryRefused(stage.reference, method, status.getCode());
            }
            Verdict.Decision<RespT> decision = verdict.decide(soFar, open);
            if (decision != null) {
                decided(decision, soFar);
            }
        };
    }

    /** Who may be asked in place of an instance that did not do it: another one, or itself if it was only busy. */
    private @Nullable ServiceInstance instead(ParallelAttempt<ReqT, RespT> attempt, Status status) {
        ServiceInstance spare = spare();
        boolean busy = status.getCode() == Status.Code.RESOURCE_EXHAUSTED;
        return spare == null && busy ? attempt.target : spare;
    }

    private long backoffNanos(Status status) {
        long millis = new FailoverBackoff(stage.fanOut.random()).apply(1, Either.left(status.asRuntimeException()));
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private InstanceResult<RespT> result(ParallelAttempt<ReqT, RespT> attempt, Status status) {
        RespT response = attempt.message();
        Status end = status.isOk() && response == null
                ? Status.INTERNAL.withDescription("No message in the response")
                : status;
        return new InstanceResult<>(Objects.requireNonNull(attempt.target), end.isOk() ? response : null, end);
    }

    // The end

    private void decided(Verdict.Decision<RespT> decision, List<InstanceResult<RespT>> all) {
        if (decision.merges()) {
            merge(all);
        } else if (close()) {
            if (decision.differs()) {
                stage.listener.disagreed(stage.reference, method);
            }
            verdict.tell(all);
            tell(decision.status(), decision.response());
        }
    }

    /** Runs what the application contributes; the caller waits for it no longer than for the call. */
    private void merge(List<InstanceResult<RespT>> all) {
        if (deadline != null) {
            long left = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
            schedule(
                    () -> finish(
                            Status.DEADLINE_EXCEEDED.withDescription(
                                    "The deadline passed while the answers were merged"),
                            null),
                    left);
        }
        Runnable work = context.wrap(() -> {
            Status status = Status.OK;
            RespT merged = null;
            try {
                merged = verdict.merge(stage.fanOut.mergers(), method, all);
            } catch (Throwable e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                status = Verdict.failedToMerge(method, e);
            }
            finish(status, merged);
        });
        try {
            stage.runtime.executor().execute(work);
        } catch (RejectedExecutionException e) {
            finish(Status.UNAVAILABLE.withDescription("The application is shutting down"), null);
        }
    }

    private void finish(Status status, @Nullable RespT response) {
        if (close()) {
            tell(status, response);
        }
    }

    private void tell(Status status, @Nullable RespT response) {
        tell(
                FailureClassification.of(status, new Metadata()),
                status,
                new Metadata(),
                response == null ? null : new Metadata(),
                response);
    }
}
