/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The breaker and the retry of a reference where its user configured none, and how they are found in Resilience4j's registries.
 * Resilience4j's own defaults (50 % of 100 calls, 60 s open; three attempts 500 ms apart) are made for one remote server, not for
 * a cluster that recovers in seconds. Thread-safe.
 */
public final class ReferenceDefaults {

    /**
     * How long a breaker stays open, each time: whoever comes back is called again within little more than that, however long it was away,
     * unless a connection that is made anew tells of it earlier.
     */
    public static final Duration OPEN = Duration.ofSeconds(1);

    /** By which part of it that is longer or shorter at random, so that the many consumers of a service do not try at once. */
    public static final double OPEN_JITTER = 0.2;

    private static final Logger logger = LoggerFactory.getLogger(ReferenceDefaults.class);
    private static final CircuitBreakerConfig UNCONFIGURED = CircuitBreakerConfig.ofDefaults();

    private ReferenceDefaults() {}

    /**
     * The breaker's configuration. It opens when half of at least 20 calls of the last 10 s failed, for about 1 s; then 5 calls
     * decide, so a service that is down gets that many a second. Half-open lasts no longer than 10 s: then it closes, since a reference that
     * is hardly called, or only for streams that say nothing, would otherwise never leave it. There are no slow calls: a call that
     * is too slow fails by its deadline, and how long a stream takes says nothing.
     *
     * @return a new configuration
     */
    public static CircuitBreakerConfig circuitBreaker() {
        return CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.TIME_BASED)
                .slidingWindowSize(10)
                .minimumNumberOfCalls(20)
                .failureRateThreshold(50)
                .slowCallDurationThreshold(Duration.ofDays(1))
                .waitIntervalFunctionInOpenState(IntervalFunction.ofRandomized(OPEN, OPEN_JITTER))
                .permittedNumberOfCallsInHalfOpenState(5)
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(10))
                .transitionToStateAfterWaitDuration(State.CLOSED)
                // Rejections come in crowds.
                .writableStackTraceEnabled(false)
                .build();
    }

    /**
     * The retry's configuration: three attempts, with a {@link FailoverBackoff} between them.
     *
     * @return a new configuration
     */
    public static RetryConfig retry() {
        return RetryConfig.custom()
                .maxAttempts(3)
                .intervalBiFunction(new FailoverBackoff())
                .build();
    }

    /**
     * The breaker of a reference: the one of its name if it is configured, else a new one with {@link #circuitBreaker()}. What is
     * a failure is never a matter of configuration: a breaker with {@code record-exceptions} or {@code ignore-exceptions} (often
     * inherited from a base meant for other clients) is replaced by one without them.
     *
     * @param registry where breakers are kept
     * @param reference name of the reference
     * @return the breaker, which is also in the registry
     */
    public static CircuitBreaker circuitBreaker(CircuitBreakerRegistry registry, String reference) {
        CircuitBreaker breaker = registry.circuitBreaker(reference, ReferenceDefaults::circuitBreaker);
        CircuitBreakerConfig config = breaker.getCircuitBreakerConfig();
        if (config == registry.getDefaultConfig()) {
            logger.warn(
                    "Reference '{}': somebody took its circuit breaker from the registry by name before its first call, so it has"
                            + " the registry's default configuration; take it from RpcReferences.states(), or configure"
                            + " resilience4j.circuitbreaker.instances.{}",
                    reference,
                    reference);
        }
        if (config.getRecordExceptionPredicate() == UNCONFIGURED.getRecordExceptionPredicate()
                && config.getIgnoreExceptionPredicate() == UNCONFIGURED.getIgnoreExceptionPredicate()) {
            return breaker;
        }
        CircuitBreaker classified = CircuitBreaker.of(reference, withoutPredicates(config), breaker.getTags());
        registry.replace(reference, classified);
        return classified;
    }

    private static CircuitBreakerConfig withoutPredicates(CircuitBreakerConfig config) {
        return CircuitBreakerConfig.from(config)
                .recordExceptions()
                .recordException(failure -> true)
                .ignoreExceptions()
                .ignoreException(failure -> false)
                .build();
    }

    /**
     * The retry of a reference: the one of its name if it is configured, else a new one with {@link #retry()}.
     *
     * @param registry where retries are kept
     * @param reference name of the reference
     * @return the retry, which is also in the registry
     */
    public static Retry retry(RetryRegistry registry, String reference) {
        return registry.retry(reference, ReferenceDefaults::retry);
    }
}
