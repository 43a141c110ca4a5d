/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the breaker of the reference, or of the method, before each call and tells it how the call ended. Thread-safe. */
final class BreakerStage implements ClientInterceptor {

    private static final Logger logger = LoggerFactory.getLogger(BreakerStage.class);

    final String reference;
    final CallPolicy policy;
    final CircuitBreaker breaker;
    final CallRuntime runtime;
    final CallListener listener;
    private final AtomicBoolean recordFailed = new AtomicBoolean();

    BreakerStage(
            String reference, CallPolicy policy, CircuitBreaker breaker, CallRuntime runtime, CallListener listener) {
        this.reference = reference;
        this.policy = policy;
        this.breaker = breaker;
        this.runtime = runtime;
        this.listener = listener;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        return new BreakerCall<>(this, method, options, next.newCall(method, options));
    }

    /** How a call that was not permitted ends. */
    Status rejection() {
        CircuitBreaker.Metrics metrics = breaker.getMetrics();
        float failureRate = metrics.getFailureRate();
        String why = failureRate < 0
                ? ""
                : String.format(
                        Locale.ROOT, " (%.0f %% of %d calls failed)", failureRate, metrics.getNumberOfBufferedCalls());
        return Status.UNAVAILABLE
                .withDescription("Reference '" + reference + "': the call was not sent, its circuit breaker is "
                        + breaker.getState() + why + "; configured by "
                        + Safeguards.property("circuitbreaker", breaker.getName())
                        + ", shown by the Actuator endpoints rpc and circuitbreakers")
                .withCause(CallNotPermittedException.createCallNotPermittedException(breaker));
    }

    /** A predicate of a user's configuration threw; the call goes on. */
    void recordFailed(Throwable e) {
        if (recordFailed.compareAndSet(false, true)) {
            logger.warn(
                    "Reference '{}': its circuit breaker could not record a call; check the predicates under"
                            + " resilience4j.circuitbreaker.instances.{}; further failures of it are not logged",
                    reference,
                    breaker.getName(),
                    e);
        }
    }
}
