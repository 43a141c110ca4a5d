/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.CHAT;
import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.clusterrpc.Unprocessed;
import io.clusterrpc.resilience.CallFixture.CountingBreaker;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerCallTests {

    private final CallFixture fixture = new CallFixture();
    private final CountingBreaker breaker = fixture.breaker;
    private final CallerLog caller = new CallerLog();

    @BeforeEach
    void oneAttempt() {
        fixture.retry = Retry.of("orders", RetryConfig.custom().maxAttempts(1).build());
    }

    @AfterEach
    void everyPermissionIsSettledOnce() {
        assertThat(breaker.settled()).isEqualTo(breaker.acquired.get());
    }

    @ParameterizedTest
    @EnumSource(Status.Code.class)
    void recordsByOurClassification(Status.Code code) {
        fixture.start(SAFE, caller);
        fixture.channel.attempt(1).ends(code.toStatus());
        switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, DATA_LOSS ->
                assertThat(breaker.failed).hasValue(1);
            case CANCELLED -> assertThat(breaker.released).hasValue(1);
            default -> assertThat(breaker.succeeded).hasValue(1);
        }
    }

    @Test
    void sheddingIsNoFailure() {
        fixture.start(SAFE, caller);
        fixture.channel.attempt(1).ends(Status.RESOURCE_EXHAUSTED, Unprocessed.mark(new Metadata(), "limit"));
        assertThat(breaker.succeeded).hasValue(1);
        assertThat(fixture.events).endsWith("call FAILED RESOURCE_EXHAUSTED 1");
    }

    @Test
    void aDeadlineTighterThanAnAttemptMayTakeSaysNothing() {
        fixture.options = fixture.deadline(Duration.ofMillis(500));
        fixture.start(SAFE, caller);
        fixture.time.advance(Duration.ofMillis(500));
        fixture.channel.attempt(1).ends(Status.DEADLINE_EXCEEDED);
        assertThat(breaker.released).hasValue(1);
    }

    @Test
    void aDeadlineThatGaveEnoughTimeIsAFailureWhoeverSetIt() {
        fixture.options = fixture.deadline(Duration.ofSeconds(2));
        fixture.start(SAFE, caller);
        fixture.time.advance(Duration.ofSeconds(2));
        fixture.channel.attempt(1).ends(Status.DEADLINE_EXCEEDED);
        assertThat(breaker.failed).hasValue(1);
    }

    @Test
    void aDefaultDeadlineBelowTheAttemptTimeoutIsEnoughTime() {
        fixture.policy = CallFixture.policyFor("Get", new MethodPolicy(Duration.ofSeconds(1), null, null));
        ClientCall<String, String> call = fixture.call(SAFE);
        // The deadline runs from the moment the call is made, not from its start.
        fixture.time.advance(Duration.ofMillis(50));
        CallFixture.say(call, caller);
        fixture.time.advance(Duration.ofMillis(950));
        fixture.channel.attempt(1).ends(Status.DEADLINE_EXCEEDED);
        assertThat(breaker.failed).hasValue(1);
    }

    @Test
    void aStreamRecordsItsFirstResponseAndNothingAfterwards() {
        fixture.start(LIST, caller);
        fixture.channel.attempt(1).listener.onHeaders(new Metadata());
        assertThat(breaker.settled()).isZero();
        fixture.channel.attempt(1).listener.onMessage("one");
        assertThat(breaker.succeeded).hasValue(1);
        fixture.channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(breaker.failed).hasValue(0);
    }

    @Test
    void aStreamWithoutResponseRecordsItsEnd() {
        fixture.call(CHAT).start(caller, new Metadata());
        fixture.channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(breaker.failed).hasValue(1);
    }

    @Test
    void aStreamIsNeverASlowCall() {
        breaker.real = CircuitBreaker.of(
                "orders",
                CircuitBreakerConfig.custom()
                        .slowCallDurationThreshold(Duration.ofSeconds(1))
                        .build());
        fixture.start(LIST, caller);
        fixture.time.advance(Duration.ofMinutes(10));
        fixture.channel.attempt(1).listener.onMessage("one");
        assertThat(breaker.real.getMetrics().getNumberOfSlowCalls()).isZero();
        fixture.channel.attempt(1).ends(Status.OK);
    }

    @Test
    void aRejectedCallIsNeverSentAndSaysWhereToLook() {
        for (int i = 0; i < 20; i++) {
            fixture.start(SAFE, new CallerLog());
            fixture.channel.calls.get(i).ends(Status.UNAVAILABLE);
        }
        assertThat(breaker.real.getState()).isEqualTo(State.OPEN);
        fixture.channel.calls.clear();
        fixture.events.clear();
        ClientCall<String, String> call = fixture.start(SAFE, caller);
        call.request(1);
        call.cancel("too late", null);
        assertThat(call.isReady()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> call.start(caller, new Metadata()));
        assertThat(fixture.channel.calls).isEmpty();
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(caller.end().getDescription())
                .isEqualTo("Reference 'orders': the call was not sent, its circuit breaker is OPEN"
                        + " (100 % of 20 calls failed); configured by"
                        + " resilience4j.circuitbreaker.instances.orders, shown by the Actuator endpoints rpc and"
                        + " circuitbreakers");
        assertThat(caller.end().getCause()).isInstanceOf(CallNotPermittedException.class);
        assertThat(fixture.events).containsExactly("call REJECTED UNAVAILABLE 0");
    }

    @Test
    void aRejectionIsToldOnTheExecutorOfTheCall() {
        breaker.real.transitionToForcedOpenState();
        fixture.queueing = true;
        fixture.start(SAFE, caller);
        assertThat(caller.heard).isEmpty();
        fixture.runQueued();
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(caller.end().getDescription()).contains("FORCED_OPEN");
    }

    @Test
    void anInstanceThatComesBackLetsCallsTryAtOnce() {
        CallStages stages = fixture.stages();
        stages.recovered();
        assertThat(breaker.real.getState()).isEqualTo(State.CLOSED);
        breaker.real.transitionToOpenState();
        stages.recovered();
        assertThat(breaker.real.getState()).isEqualTo(State.HALF_OPEN);
        stages.recovered();
        assertThat(breaker.real.getState()).isEqualTo(State.HALF_OPEN);
        breaker.real.transitionToForcedOpenState();
        stages.recovered();
        assertThat(breaker.real.getState()).isEqualTo(State.FORCED_OPEN);
    }

    @Test
    void halfOpenPermissionsComeBackFromCancelledCalls() {
        breaker.real.transitionToOpenState();
        breaker.real.transitionToHalfOpenState();
        for (int i = 0; i < 20; i++) {
            ClientCall<String, String> call = fixture.start(SAFE, new CallerLog());
            call.cancel("enough", null);
            fixture.channel.calls.get(i).ends(Status.CANCELLED);
        }
        for (int i = 20; i < 25; i++) {
            fixture.start(SAFE, new CallerLog());
            fixture.channel.calls.get(i).answers("hi");
        }
        assertThat(breaker.real.getState()).isEqualTo(State.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK", "UNAVAILABLE", "CANCELLED"})
    void callsAdmittedBeforeTheOutageDoNotDecideWhenItIsOver(Status.Code code) {
        for (int i = 0; i < 10; i++) {
            fixture.start(SAFE, new CallerLog());
        }
        breaker.real.transitionToOpenState();
        breaker.real.transitionToHalfOpenState();
        for (int i = 0; i < 10; i++) {
            fixture.channel.calls.get(i).ends(code.toStatus());
        }
        assertThat(breaker.real.getState()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.settled()).isZero();
        for (int i = 0; i < 6; i++) {
            fixture.start(SAFE, new CallerLog());
        }
        // No more than the five that the breaker wants to see.
        assertThat(fixture.channel.calls).hasSize(15);
        for (int i = 10; i < 15; i++) {
            assertThat(breaker.real.getState()).isEqualTo(State.HALF_OPEN);
            fixture.channel.calls.get(i).answers("hi");
        }
        assertThat(breaker.real.getState()).isEqualTo(State.CLOSED);
        breaker.released.addAndGet(10); // forgotten
    }

    @Test
    void aPredicateThatThrowsDoesNotKeepTheEndFromTheCaller() {
        endsThough(() -> {
            throw new IllegalStateException("predicate");
        });
    }

    @Test
    void aPredicateWhoseLibraryIsMissingDoesNotKeepTheEndFromTheCaller() {
        endsThough(() -> {
            throw new NoClassDefFoundError("predicate");
        });
    }

    private void endsThough(Runnable predicate) {
        breaker.real = CircuitBreaker.of(
                "orders",
                CircuitBreakerConfig.custom()
                        .recordException(failure -> {
                            predicate.run();
                            return true;
                        })
                        .build());
        fixture.start(SAFE, caller);
        fixture.channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        breaker.failed.incrementAndGet();
    }
}
