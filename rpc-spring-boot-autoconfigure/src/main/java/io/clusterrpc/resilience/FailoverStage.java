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
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a call to another instance when one fails. Here are the decisions that concern a whole reference; a {@link FailoverCall}
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
    private final FailoverBackoff fallback = new FailoverBackoff();
    private final AtomicBoolean retryFailed = new AtomicBoolean();

    FailoverStage(String reference, CallPolicy policy, Retry retry, CallRuntime runtime, CallListener listener) {
        this.reference = reference;
        this.policy = policy;
        this.retry = retry;
        this.maxAttempts = retry.getRetryConfig().getMaxAttempts();
        this.runtime = runtime;
        this.listener = listener;
        this.budget = new RetryBudget(policy.retryBudget(), runtime.clock());
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        return method.getType().clientSendsOneMessage()
                ? new FailoverCall<>(this, method, options, next)
                : SingleAttemptCall.of(this, method, options, next);
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
