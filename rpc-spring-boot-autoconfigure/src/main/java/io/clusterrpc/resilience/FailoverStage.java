/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.clusterrpc.RetriedBelow;
import io.clusterrpc.Unprocessed;
import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.Retry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a call to another instance when one fails. Here are the decisions that concern a whole reference, or a method with a retry
 * of its own; a {@link FailoverCall}
 * carries them out. Thread-safe.
 */
final class FailoverStage implements ClientInterceptor {

    private static final Logger logger = LoggerFactory.getLogger(FailoverStage.class);
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    final String reference;
    final CallPolicy policy;
    final Retry retry;
    final int maxAttempts;
    final CallRuntime runtime;
    final CallListener listener;
    final RetryBudget budget;
    final FanOutParts fanOut;
    private final Map<String, SeenLatency> latencies = new ConcurrentHashMap<>();
    private final FailoverBackoff fallback = new FailoverBackoff();
    private final AtomicBoolean retryFailed = new AtomicBoolean();

    /** @param budget what all methods of the reference share */
    FailoverStage(
            String reference,
            CallPolicy policy,
            Retry retry,
            RetryBudget budget,
            FanOutParts fanOut,
            CallRuntime runtime,
            CallListener listener) {
        this.reference = reference;
        this.policy = policy;
        this.retry = retry;
        this.maxAttempts = retry.getRetryConfig().getMaxAttempts();
        this.runtime = runtime;
        this.listener = listener;
        this.budget = budget;
        this.fanOut = fanOut;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        CallMode mode = policy.mode(method);
        FanOut<?> wanted = options.getOption(FanOut.KEY);
        if (wanted != null || (mode.fansOut() && method.getType() == MethodType.UNARY)) {
            return new FanOutCall<>(this, verdict(method, mode, wanted), method, options, next);
        }
        if (mode == CallMode.HEDGED && method.getType() == MethodType.UNARY && policy.safe(method)) {
            return new HedgedCall<>(this, method, options, next);
        }
        return method.getType().clientSendsOneMessage()
                ? new FailoverCall<>(this, method, options, next, mode == CallMode.FAILFAST)
                : new StreamingCall<>(this, method, options, next);
    }

    /** @param wanted what the caller wants to know, {@code null} if configuration says what happens */
    @SuppressWarnings("unchecked") // who makes such a call sees to it that the types fit
    private <RespT> Verdict<RespT> verdict(
            MethodDescriptor<?, RespT> method, CallMode mode, @Nullable FanOut<?> wanted) {
        RandomGenerator random = fanOut.random().get();
        if (wanted == null) {
            return new Verdict<>(mode == CallMode.QUORUM ? policy.quorum(method) : null, null, random);
        }
        wanted.claim();
        return new Verdict<>(wanted.quorum(), (FanOut<RespT>) wanted, random);
    }

    /**
     * What an attempt gets of the time that is left: half of it, but no more than the policy says, so that a frozen instance
     * leaves time for another one. The last attempt gets all, and so does one that could not be repeated anyway.
     *
     * @return nanoseconds, 0 for all that is left
     */
    long attemptTimeoutNanos(MethodDescriptor<?, ?> method, boolean safe, int number, @Nullable Deadline deadline) {
        if (!safe || number >= maxAttempts) {
            return 0;
        }
        long limit = policy.attemptTimeoutNanos(method);
        if (limit == 0 || deadline == null) {
            return limit;
        }
        return Math.max(1, Math.min(limit, deadline.timeRemaining(TimeUnit.NANOSECONDS) / 2));
    }

    /**
     * Asks the server if it said something about it, then the budget, and the retry of the reference unless one of them wants no
     * further attempt: then the retry would announce one that never comes.
     *
     * @return how long to wait before the next attempt, negative if there shall be none
     */
    long backoffNanos(
            FailedAttempts soFar, MethodDescriptor<?, ?> method, int number, Status status, Metadata trailers) {
        String pushback = trailers.get(PUSHBACK);
        long told = pushback == null ? 0 : pushbackMillis(pushback);
        if (told < 0) {
            return -1;
        }
        boolean another = number < maxAttempts;
        if (another && !budget.tryRetry()) {
            soFar.refused();
            listener.retryRefused(reference, method, status.getCode());
            return -1;
        }
        RuntimeException failure = status.asRuntimeException(trailers);
        long millis;
        try {
            millis = soFar.context.onError(failure);
        } catch (RuntimeException | LinkageError e) {
            retryFailed(e);
            millis = another ? fallback.apply(number, Either.left(failure)) : -1;
        }
        if (millis < 0) {
            if (another) {
                budget.giveBack();
            }
            return -1;
        }
        return TimeUnit.MILLISECONDS.toNanos(pushback != null ? told : millis);
    }

    /**
     * What the caller of a failed call is told, and the request that is being served here, if any.
     *
     * @param decided whether it was repeated, or would have been if there had been budget left
     * @return the trailers, or changed ones
     */
    static Metadata tell(Context context, boolean decided, Metadata trailers) {
        boolean below = RetriedBelow.isMarked(trailers);
        if (decided || below) {
            RetriedBelow.note(context);
        }
        if ((below || !decided) && !Unprocessed.isMarked(trailers)) {
            return trailers;
        }
        Metadata told = new Metadata();
        told.merge(trailers);
        Unprocessed.clear(told);
        if (decided) {
            RetriedBelow.mark(told);
        }
        return told;
    }

    /** How long the server wants the next attempt to wait; 0 if it said nothing, negative if it wants none. */
    long pushbackNanos(Metadata trailers) {
        String pushback = trailers.get(PUSHBACK);
        return pushback == null ? 0 : TimeUnit.MILLISECONDS.toNanos(pushbackMillis(pushback));
    }

    /** After how long a hedged call gets its second attempt; 0 for none while too little was seen. */
    long hedgeDelayNanos(MethodDescriptor<?, ?> method) {
        Duration fixed = policy.hedgeDelay(method);
        return fixed != null ? fixed.toNanos() : latency(method).p95Nanos();
    }

    /** Takes note of how long an answered attempt took, and of one that was cut short by it, if any. */
    void seen(MethodDescriptor<?, ?> method, long nanos, long cutShortNanos) {
        if (policy.hedgeDelay(method) == null) {
            SeenLatency latency = latency(method);
            latency.add(nanos);
            latency.addLongerThan(cutShortNanos);
        }
    }

    private SeenLatency latency(MethodDescriptor<?, ?> method) {
        return latencies.computeIfAbsent(method.getFullMethodName(), name -> new SeenLatency());
    }

    /** A negative number says that the server wants no further attempt, and so does anything that is none (gRFC A6). */
    private static long pushbackMillis(String pushback) {
        try {
            return Integer.parseInt(pushback);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Tells the retry of the reference that an attempt was answered. */
    void answered(Retry.@Nullable AsyncContext<Object> context) {
        try {
            (context != null ? context : retry.asyncContext()).onComplete();
        } catch (RuntimeException | LinkageError e) {
            retryFailed(e);
        }
    }

    private void retryFailed(Throwable e) {
        if (retryFailed.compareAndSet(false, true)) {
            logger.warn(
                    "Reference '{}': its retry threw; check the predicates, interval functions and event consumers of"
                            + " resilience4j.retry.instances.{}; calls go on, further failures of it are not logged",
                    reference,
                    retry.getName(),
                    e);
        }
    }
}
