/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Unprocessed;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReferenceDefaultsTests {

    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

    @Test
    void areUsedWhereNothingIsConfigured() {
        CircuitBreaker breaker = ReferenceDefaults.circuitBreaker(breakers, "orders");
        assertThat(breaker.getCircuitBreakerConfig().getMinimumNumberOfCalls()).isEqualTo(20);
        assertThat(breakers.circuitBreaker("orders")).isSameAs(breaker);
        RetryRegistry retries = RetryRegistry.ofDefaults();
        assertThat(ReferenceDefaults.retry(retries, "orders")).isSameAs(retries.retry("orders"));
        assertThat(retries.retry("orders").getRetryConfig().<Object>getIntervalBiFunction())
                .isInstanceOf(FailoverBackoff.class);
    }

    @Test
    void leaveAloneWhatIsConfigured() {
        CircuitBreaker configured = breakers.circuitBreaker(
                "orders", CircuitBreakerConfig.custom().minimumNumberOfCalls(7).build());
        assertThat(ReferenceDefaults.circuitBreaker(breakers, "orders")).isSameAs(configured);
        RetryRegistry retries = RetryRegistry.ofDefaults();
        retries.retry("orders", RetryConfig.custom().maxAttempts(7).build());
        assertThat(ReferenceDefaults.retry(retries, "orders").getRetryConfig().getMaxAttempts())
                .isEqualTo(7);
    }

    @Test
    void whatIsAFailureIsNoMatterOfConfiguration() {
        breakers.circuitBreaker(
                "recording",
                CircuitBreakerConfig.custom()
                        .minimumNumberOfCalls(2)
                        .recordExceptions(IOException.class)
                        .build());
        breakers.circuitBreaker(
                "ignoring",
                CircuitBreakerConfig.custom()
                        .minimumNumberOfCalls(2)
                        .ignoreExceptions(StatusRuntimeException.class)
                        .build());
        breakers.circuitBreaker(
                "judging",
                CircuitBreakerConfig.custom()
                        .minimumNumberOfCalls(2)
                        .recordException(
                                failure -> Status.fromThrowable(failure).getCode() == Status.Code.NOT_FOUND)
                        .build());
        for (String name : new String[] {"recording", "ignoring", "judging"}) {
            CircuitBreaker breaker = ReferenceDefaults.circuitBreaker(breakers, name);
            assertThat(breakers.circuitBreaker(name)).isSameAs(breaker);
            for (int i = 0; i < 2; i++) {
                breaker.onError(1, TimeUnit.MILLISECONDS, Status.UNAVAILABLE.asRuntimeException());
            }
            assertThat(breaker.getState()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void theBreakerNeedsTwentyCallsAndHalfOfThemFailed() {
        CircuitBreaker breaker = CircuitBreaker.of("orders", ReferenceDefaults.circuitBreaker());
        for (int i = 0; i < 10; i++) {
            breaker.onSuccess(1, TimeUnit.HOURS);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(breaker.getState()).isEqualTo(State.CLOSED);
            breaker.onError(1, TimeUnit.MILLISECONDS, Status.UNAVAILABLE.asRuntimeException());
        }
        assertThat(breaker.getState()).isEqualTo(State.OPEN);
    }

    @Test
    void openLastsTwiceAsLongEachTime() {
        CircuitBreakerConfig config = ReferenceDefaults.circuitBreaker();
        assertThat(IntStream.rangeClosed(1, 6).mapToObj(config.getWaitIntervalFunctionInOpenState()::apply))
                .containsExactly(1000L, 2000L, 4000L, 8000L, 10000L, 10000L);
    }

    @Test
    void theBackoffGrowsIsJitteredAndBounded() {
        FailoverBackoff backoff = new FailoverBackoff(() -> new Random(1));
        StatusRuntimeException failure = Status.UNAVAILABLE.asRuntimeException();
        Random random = new Random(2);
        FailoverBackoff jittered = new FailoverBackoff(() -> random);
        for (int i = 0; i < 1000; i++) {
            assertThat(jittered.apply(1, Either.left(failure))).isBetween(10L, 30L);
            assertThat(jittered.apply(2, Either.left(failure))).isBetween(40L, 120L);
            assertThat(jittered.apply(3, Either.left(failure))).isBetween(160L, 250L);
            assertThat(jittered.apply(30, Either.left(failure))).isEqualTo(250L);
        }
        assertThat(backoff.apply(1, Either.left(failure))).isEqualTo(backoff.apply(1, Either.left(failure)));
    }

    @Test
    void theFirstFailoverFromALeavingInstanceDoesNotWait() {
        FailoverBackoff backoff = new FailoverBackoff();
        Metadata unprocessed = Unprocessed.mark(new Metadata(), "draining");
        StatusRuntimeException leaving = Status.UNAVAILABLE.asRuntimeException(unprocessed);
        assertThat(backoff.apply(1, Either.left(leaving))).isZero();
        assertThat(backoff.apply(2, Either.left(leaving))).isPositive();
        StatusRuntimeException shedding = Status.RESOURCE_EXHAUSTED.asRuntimeException(unprocessed);
        assertThat(backoff.apply(1, Either.left(shedding))).isPositive();
    }
}
