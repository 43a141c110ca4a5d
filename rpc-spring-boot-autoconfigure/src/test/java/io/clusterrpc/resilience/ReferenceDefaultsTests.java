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
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
    void aServiceThatIsWellAgainIsUsedAgainWithinOneAndAHalfSecondsHoweverLongItWasSick() {
        for (int seconds : new int[] {5, 10, 11, 12, 13, 60, 600, 3600}) {
            SteppedClock clock = new SteppedClock();
            CircuitBreaker breaker = CircuitBreaker.of(
                    "orders",
                    CircuitBreakerConfig.from(ReferenceDefaults.circuitBreaker())
                            .clock(clock)
                            .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                            .build());
            int admitted = 0;
            for (int i = 0; i < 200 * seconds; i++) {
                admitted += call(breaker, false) ? 1 : 0;
                clock.millis += 5;
            }
            // 20 until it opens, then five each time.
            assertThat(admitted).isBetween(20, 20 + 5 * (int) (seconds / 0.8) + 5);
            long back = clock.millis;
            while (breaker.getState() != State.CLOSED) {
                call(breaker, true);
                clock.millis += 5;
            }
            assertThat(clock.millis - back).isLessThanOrEqualTo(1_300);
        }
    }

    private static boolean call(CircuitBreaker breaker, boolean succeeds) {
        if (!breaker.tryAcquirePermission()) {
            return false;
        }
        if (succeeds) {
            breaker.onSuccess(1, TimeUnit.MILLISECONDS);
        } else {
            breaker.onError(1, TimeUnit.MILLISECONDS, Status.UNAVAILABLE.asRuntimeException());
        }
        return true;
    }

    @Test
    void openLastsAboutASecondEachTimeAndNotForAllTheSame() {
        CircuitBreakerConfig config = ReferenceDefaults.circuitBreaker();
        for (int attempt : new int[] {1, 2, 3, 10, 100_000}) {
            assertThat(IntStream.range(0, 1_000)
                            .mapToObj(i ->
                                    config.getWaitIntervalFunctionInOpenState().apply(attempt)))
                    .allSatisfy(millis -> assertThat(millis).isBetween(800L, 1_201L))
                    .anySatisfy(millis -> assertThat(millis).isLessThan(900))
                    .anySatisfy(millis -> assertThat(millis).isGreaterThan(1_100));
        }
    }

    /** A clock that a test sets. */
    private static final class SteppedClock extends Clock {

        private long millis;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }
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
