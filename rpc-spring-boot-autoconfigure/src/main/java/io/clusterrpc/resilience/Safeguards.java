/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import java.util.Objects;

/**
 * What the calls of one reference are given by Resilience4j's registries and by beans of the application. Immutable.
 *
 * @param breakers circuit breakers, see {@link ReferenceDefaults}; the reference always has one
 * @param retries retries, see {@link ReferenceDefaults}; the reference always has one; result predicates are not asked
 * @param bulkheads limits of the calls under way
 * @param rateLimiters limits of the calls in a period
 * @param timeLimiters deadlines
 * @param fallbacks who answers failed calls
 * @param fanOut where calls to several instances go
 */
public record Safeguards(
        ByMethod<CircuitBreaker> breakers,
        ByMethod<Retry> retries,
        ByMethod<Bulkhead> bulkheads,
        ByMethod<RateLimiter> rateLimiters,
        ByMethod<TimeLimiter> timeLimiters,
        Fallbacks fallbacks,
        FanOutParts fanOut) {

    /**
     * With one breaker and one retry, and no limits.
     *
     * @param breaker the circuit breaker
     * @param retry the retry
     * @param fallbacks who answers failed calls
     */
    public Safeguards(CircuitBreaker breaker, Retry retry, Fallbacks fallbacks) {
        this(
                ByMethod.all(breaker),
                ByMethod.all(retry),
                ByMethod.none(),
                ByMethod.none(),
                ByMethod.none(),
                fallbacks,
                FanOutParts.NONE);
    }

    /**
     * With instances.
     *
     * @param parts where calls to several instances go
     * @return new safeguards
     */
    public Safeguards withFanOut(FanOutParts parts) {
        return new Safeguards(breakers, retries, bulkheads, rateLimiters, timeLimiters, fallbacks, parts);
    }

    /**
     * The circuit breaker of the reference.
     *
     * @return what methods have that have none of their own
     */
    public CircuitBreaker breaker() {
        return Objects.requireNonNull(breakers.common(), "a reference has a breaker");
    }

    /** What a message about an instance calls its settings. */
    static String property(String kind, String instance) {
        return "resilience4j." + kind + ".instances."
                + (instance.indexOf('.') < 0 ? instance : "\"[" + instance + "]\"");
    }
}
