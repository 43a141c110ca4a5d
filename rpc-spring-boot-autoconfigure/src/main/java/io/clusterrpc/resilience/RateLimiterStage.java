/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a permission of the rate limiter for each call. One that lies in the future is reserved, and the call begins when it is
 * there; no thread waits. A permission cannot be given back: that of a call that is cancelled meanwhile is lost. Thread-safe.
 */
final class RateLimiterStage implements ClientInterceptor {

    private static final Logger logger = LoggerFactory.getLogger(RateLimiterStage.class);

    private final String reference;
    private final RateLimiter limiter;
    private final CallRuntime runtime;
    private final CallListener listener;
    private final AtomicBoolean threw = new AtomicBoolean();

    RateLimiterStage(String reference, RateLimiter limiter, CallRuntime runtime, CallListener listener) {
        this.reference = reference;
        this.limiter = limiter;
        this.runtime = runtime;
        this.listener = listener;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        return new RateLimitedCall<>(method, options, next.newCall(method, options));
    }

    /** How long to wait for a permission that is taken already, negative if there is none. */
    private long reserve() {
        try {
            return limiter.reservePermission();
        } catch (RuntimeException | LinkageError e) {
            if (threw.compareAndSet(false, true)) {
                logger.warn(
                        "Reference '{}': the rate limiter '{}' threw, check its event consumers; the call goes on, further"
                                + " failures of it are not logged",
                        reference,
                        limiter.getName(),
                        e);
            }
            return 0;
        }
    }

    private Status refusal(String why) {
        RateLimiterConfig config = limiter.getRateLimiterConfig();
        return Status.RESOURCE_EXHAUSTED
                .withDescription("Reference '" + reference + "': the call was not sent, its rate limiter '"
                        + limiter.getName() + "' allows " + config.getLimitForPeriod() + " calls every "
                        + config.getLimitRefreshPeriod().toMillis() + " ms, " + why + "; configured by "
                        + Safeguards.property("ratelimiter", limiter.getName()))
                .withCause(RequestNotPermitted.createRequestNotPermitted(limiter));
    }

    private final class RateLimitedCall<ReqT, RespT> extends GatedCall<ReqT, RespT> {

        RateLimitedCall(MethodDescriptor<ReqT, RespT> method, CallOptions options, ClientCall<ReqT, RespT> delegate) {
            super(reference, runtime, listener, method, options, delegate);
        }

        @Override
        void ask() {
            long wait = reserve();
            if (wait == 0) {
                open();
            } else if (wait < 0) {
                turnAway(refusal("and the next one would wait longer than timeout-duration, "
                        + limiter.getRateLimiterConfig().getTimeoutDuration().toMillis() + " ms"));
            } else if (wait >= remainingNanos()) {
                turnAway(refusal("and the next one would begin in " + TimeUnit.NANOSECONDS.toMillis(wait)
                        + " ms, after the deadline of the call"));
            } else {
                await(wait, this::open);
            }
        }

        @Override
        Listener<RespT> entered(Listener<RespT> caller) {
            return caller;
        }

        @Override
        void failedToStart() {}

        @Override
        void left() {}
    }
}
