/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.github.resilience4j.timelimiter.TimeLimiter;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the duration of a time limiter the deadline of calls, unless theirs is earlier already, and tells the limiter how they ended.
 * The deadline itself ends them: no timer, no thread. Takes the place of the {@link DeadlineStage}. Thread-safe.
 */
final class TimeLimiterStage implements ClientInterceptor {

    private static final Logger logger = LoggerFactory.getLogger(TimeLimiterStage.class);

    private final String reference;
    private final TimeLimiter limiter;
    private final CallPolicy policy;
    private final DeadlineStage otherwise;
    private final Deadline.Ticker clock;
    private final AtomicBoolean threw = new AtomicBoolean();

    TimeLimiterStage(
            String reference, TimeLimiter limiter, CallPolicy policy, DeadlineStage otherwise, Deadline.Ticker clock) {
        this.reference = reference;
        this.limiter = limiter;
        this.policy = policy;
        this.otherwise = otherwise;
        this.clock = clock;
    }

    /** Has the durations of time limiters take the place of deadlines. */
    static CallPolicy limit(CallPolicy policy, ByMethod<TimeLimiter> limiters) {
        return policy.withTimeLimits(
                limiters.map(limiter -> limiter.getTimeLimiterConfig().getTimeoutDuration()));
    }

    /** @param policy a {@linkplain #limit limited} one */
    static ClientInterceptor of(
            String reference, ByMethod<TimeLimiter> limiters, CallPolicy policy, Deadline.Ticker clock) {
        DeadlineStage otherwise = new DeadlineStage(policy, clock);
        ByMethod<ClientInterceptor> stages =
                limiters.map(limiter -> new TimeLimiterStage(reference, limiter, policy, otherwise, clock));
        return MethodStages.of(
                stages.common() == null ? new ByMethod<ClientInterceptor>(otherwise, stages.own()) : stages);
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        long nanos = policy.timeLimitNanos(method);
        if (nanos == 0) {
            return otherwise.interceptCall(method, options, next);
        }
        Deadline earlier = DeadlineStage.holding(options, Context.current());
        Deadline limit =
                Deadline.after(earlier == null ? policy.deadlineNanos(method) : nanos, TimeUnit.NANOSECONDS, clock);
        boolean limits = earlier == null || limit.isBefore(earlier);
        ClientCall<ReqT, RespT> call = next.newCall(method, limits ? options.withDeadline(limit) : options);
        return new SimpleForwardingClientCall<>(call) {
            @Override
            public void start(Listener<RespT> caller, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(caller) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                boolean over = limit.isExpired() || FailedAttempts.ranOutOfTime(status);
                                super.onClose(ended(status, trailers, limits && over), trailers);
                            }
                        },
                        headers);
            }
        };
    }

    private Status ended(Status status, Metadata trailers, boolean limited) {
        boolean timedOut = limited && status.getCode() == Status.Code.DEADLINE_EXCEEDED;
        TimeoutException timeout =
                timedOut ? TimeLimiter.createdTimeoutExceptionWithName(limiter.getName(), null) : null;
        try {
            if (timeout != null) {
                limiter.onError(timeout);
            } else if (FailureClassification.of(status, trailers) == FailureClassification.ANSWERED) {
                limiter.onSuccess();
            } else if (status.getCode() != Status.Code.CANCELLED) {
                limiter.onError(status.asRuntimeException(trailers));
            }
        } catch (RuntimeException | LinkageError e) {
            if (threw.compareAndSet(false, true)) {
                logger.warn(
                        "Reference '{}': the time limiter '{}' threw, check its event consumers; calls go on, further"
                                + " failures of it are not logged",
                        reference,
                        limiter.getName(),
                        e);
            }
        }
        return timeout == null
                ? status
                : status.augmentDescription("the deadline is "
                                + limiter.getTimeLimiterConfig()
                                        .getTimeoutDuration()
                                        .toMillis() + " ms, " + Safeguards.property("timelimiter", limiter.getName())
                                + ".timeout-duration")
                        .withCause(status.getCause() == null ? timeout : status.getCause());
    }
}
