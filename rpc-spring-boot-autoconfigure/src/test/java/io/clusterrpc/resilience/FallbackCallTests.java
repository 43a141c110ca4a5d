/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.SAFE;
import static io.clusterrpc.resilience.CallFixture.UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.RpcFallback;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FallbackCallTests {

    private final CallFixture fixture = new CallFixture();
    private final CallerLog caller = new CallerLog();
    private final List<String> asked = new ArrayList<>();

    FallbackCallTests() {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILSAFE, null);
    }

    private void fallback(RpcFallback<String, String> fallback) {
        fixture.fallbacks = method -> fallback;
    }

    /** Of a call that is not repeated. */
    private void failing(@Nullable RpcFallback<String, String> fallback) {
        if (fallback != null) {
            fallback(fallback);
        }
        fixture.start(UNSAFE, caller);
        fixture.channel.attempt(1).ends(Status.INTERNAL.withDescription("broken"));
    }

    @Test
    void aFallbackHearsTheRequestAndTheFailureAndAnswersForTheService() {
        failing((request, failure) -> {
            asked.add(request + " " + failure.getStatus().getCode());
            return "cached";
        });
        assertThat(asked).containsExactly("hello INTERNAL");
        assertThat(caller.heard).containsExactly("headers", "cached", "OK");
        assertThat(fixture.events).contains("fell back INTERNAL", "call FAILED INTERNAL 1");
        assertThat(fixture.breaker.failed).hasValue(1);
    }

    @Test
    void withoutAFallbackTheAnswerIsEmpty() {
        failing(null);
        assertThat(caller.heard).containsExactly("headers", "", "OK");
    }

    @Test
    void itIsNotAskedWhenTheServiceAnswered() {
        fallback((request, failure) -> "cached");
        fixture.start(UNSAFE, caller);
        fixture.channel.attempt(1).ends(Status.NOT_FOUND);
        assertThat(caller.heard).containsExactly("NOT_FOUND");
        CallerLog other = new CallerLog();
        fixture.start(SAFE, other);
        fixture.channel.attempt(2).answers("real");
        assertThat(other.heard).containsExactly("headers", "real", "OK");
    }

    @Test
    void itAnswersCallsThatTheBreakerTurnsAway() {
        fixture.breaker.real.transitionToForcedOpenState();
        fallback((request, failure) -> "cached");
        fixture.start(UNSAFE, caller);
        assertThat(caller.heard).containsExactly("headers", "cached", "OK");
        assertThat(fixture.channel.calls).isEmpty();
    }

    @Test
    void aMethodOfAnyModeMayNameOne() {
        fixture.policy = CallFixture.policyFor(
                "Charge",
                new MethodPolicy(null, null, null).withMode(CallMode.FAILFAST).withFallback("lastPrice"));
        failing((request, failure) -> "cached");
        assertThat(caller.heard).containsExactly("headers", "cached", "OK");
    }

    @Test
    void whatItThrowsComesWithTheFailureOfTheCall() {
        IllegalStateException thrown = new IllegalStateException("cache is down");
        failing((request, failure) -> {
            throw thrown;
        });
        assertThat(caller.heard).containsExactly("INTERNAL");
        assertThat(caller.end().getDescription()).contains("broken", "its fallback did not answer", "cache is down");
        assertThat(caller.end().getCause()).isSameAs(thrown);
        assertThat(fixture.events).doesNotContain("fell back INTERNAL");
    }

    @Test
    void whatItThrowsIsSuppressedByACauseThatIsThereAlready() {
        IllegalStateException thrown = new IllegalStateException("cache is down");
        IllegalArgumentException cause = new IllegalArgumentException("cause");
        fallback((request, failure) -> {
            throw thrown;
        });
        fixture.start(UNSAFE, caller);
        fixture.channel.attempt(1).ends(Status.INTERNAL.withCause(cause));
        assertThat(caller.end().getCause()).isSameAs(cause);
        assertThat(cause).hasSuppressedException(thrown);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullIsNoAnswer() {
        failing((request, failure) -> null);
        assertThat(caller.end().getDescription()).contains("null (expected: an answer)");
        assertThat(caller.heard).containsExactly("INTERNAL");
    }

    @Test
    void oneThatCannotBeFoundLeavesTheFailureAsItIs() {
        fixture.fallbacks = method -> {
            throw new IllegalStateException("two beans");
        };
        failing(null);
        assertThat(caller.heard).containsExactly("INTERNAL");
        assertThat(caller.end().getDescription()).contains("two beans");
    }

    @Test
    void itRunsOnTheExecutorOfTheCallsInTheContextOfTheCall() {
        Context.Key<String> key = Context.key("tenant");
        fixture.queueing = true;
        fallback((request, failure) -> {
            asked.add(String.valueOf(key.get()));
            return "cached";
        });
        Context.current().withValue(key, "blue").run(() -> fixture.start(UNSAFE, caller));
        fixture.channel.attempt(1).ends(Status.INTERNAL);
        assertThat(asked).as("the transport's thread went on").isEmpty();
        fixture.runQueued();
        assertThat(asked).containsExactly("blue");
        assertThat(caller.heard).containsExactly("headers", "cached", "OK");
    }

    @Test
    void theCallerWaitsForItUntilTheDeadlineOnly() {
        fixture.queueing = true;
        failing((request, failure) -> "late");
        fixture.time.advance(Duration.ofSeconds(6));
        fixture.runQueued();
        assertThat(caller.heard).containsExactly("INTERNAL");
        assertThat(caller.end().getCause()).isInstanceOf(TimeoutException.class);
    }

    @Test
    void afterThePassedDeadlineItStillHasASecond() {
        fixture.queueing = true;
        fallback((request, failure) -> "cached");
        fixture.options = fixture.deadline(Duration.ofMillis(10));
        fixture.start(UNSAFE, caller);
        fixture.time.advance(Duration.ofMillis(10));
        fixture.channel.attempt(1).ends(Status.DEADLINE_EXCEEDED);
        fixture.time.advance(Duration.ofMillis(990));
        fixture.runQueued();
        assertThat(caller.heard).containsExactly("headers", "cached", "OK");
    }

    @Test
    void aCallerThatGivesUpHearsOneEnd() {
        fixture.queueing = true;
        fallback((request, failure) -> "cached");
        ClientCall<String, String> call = fixture.start(UNSAFE, caller);
        fixture.channel.attempt(1).ends(Status.INTERNAL);
        call.cancel("no more", null);
        fixture.runQueued();
        assertThat(caller.heard).containsExactly("CANCELLED");
    }
}
