/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.Retry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
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
    private final FailoverBackoff fallback = new FailoverBackoff();
    private final AtomicBoolean retryFailed = new AtomicBoolean();

    FailoverStage(String reference, CallPolicy policy, Retry retry, CallRuntime runtime, CallListener listener) {
        this.reference = reference;
        this.policy = policy;
        this.retry = retry;
        this.maxAttempts = retry.getRetryConfig().getMaxAttempts();
        this.runtime = runtime;
        this.listener = listener;
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
     * Asks the server if it said something about it, and the retry of the reference unless the server wants no further attempt:
     * then the retry would announce one that never comes.
     *
     * @return how long to wait before the next attempt, negative if there shall be none
     */
    long backoffNanos(Retry.AsyncContext<Object> context, int number, Status status, Metadata trailers) {
        String pushback = trailers.get(PUSHBACK);
        long told = pushback == null ? 0 : pushbackMillis(pushback);
        if (told < 0) {
            return -1;
        }
        RuntimeException failure = status.asRuntimeException(trailers);
        long millis;
        try {
            millis = context.onError(failure);
        } catch (RuntimeException | LinkageError e) {
            retryFailed(e);
            millis = number < maxAttempts ? fallback.apply(number, Either.left(failure)) : -1;
        }
        if (millis >= 0 && pushback != null) {
            millis = told;
        }
        return millis < 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(millis);
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
