/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.grpc.ClientCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Rate limiter and time limiter. */
class LimiterStagesTests {

    private final CallFixture fixture = new CallFixture();
    private final CallerLog first = new CallerLog();
    private final CallerLog second = new CallerLog();
    private final List<String> limiterEvents = new ArrayList<>();

    /** One call a second. */
    private RateLimiter rate(Duration wait) {
        RateLimiter limiter = new AtomicRateLimiter(
                "orders",
                RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofSeconds(1))
                        .timeoutDuration(wait)
                        .build(),
                () -> fixture.time.nanoTime());
        fixture.rateLimiters = ByMethod.all(limiter);
        return limiter;
    }

    private TimeLimiter timeLimiter(Duration limit) {
        TimeLimiter limiter = TimeLimiter.of(
                "orders", TimeLimiterConfig.custom().timeoutDuration(limit).build());
        limiter.getEventPublisher()
                .onEvent(event -> limiterEvents.add(event.getEventType().name()));
        return limiter;
    }

    private long deadlineMillis(int attempt) {
        return fixture.channel.attempt(attempt).options.getDeadline().timeRemaining(TimeUnit.MILLISECONDS);
    }

    @Test
    void aCallTooManyIsTurnedAway() {
        rate(Duration.ZERO);
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.start(stages, SAFE, second);
        assertThat(second.heard).containsExactly("RESOURCE_EXHAUSTED");
        assertThat(second.end().getDescription())
                .contains(
                        "Reference 'orders'",
                        "allows 1 calls every 1000 ms",
                        "timeout-duration, 0 ms",
                        "resilience4j.ratelimiter.instances.orders");
        assertThat(second.end().getCause()).isInstanceOf(RequestNotPermitted.class);
        assertThat(fixture.breaker.acquired).hasValue(1);
        assertThat(fixture.events).contains("call REJECTED RESOURCE_EXHAUSTED 0");
    }

    @Test
    void aCallWaitsForItsPermissionWithoutAThreadAndThenSaysEverything() {
        rate(Duration.ofSeconds(2));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.start(stages, SAFE, second);
        assertThat(fixture.channel.calls).hasSize(1);
        fixture.time.advance(Duration.ofSeconds(1));
        assertThat(fixture.channel.attempt(2).messages).containsExactly("hello");
        fixture.channel.attempt(2).answers("two");
        assertThat(second.heard).containsExactly("headers", "two", "OK");
    }

    @Test
    void aPermissionAfterTheDeadlineIsNone() {
        rate(Duration.ofSeconds(2));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.options = fixture.deadline(Duration.ofMillis(500));
        fixture.start(stages, SAFE, second);
        assertThat(second.heard).containsExactly("RESOURCE_EXHAUSTED");
        assertThat(second.end().getDescription()).contains("after the deadline of the call");
    }

    @Test
    void aCallThatIsCancelledWhileItWaitsNeverBegins() {
        rate(Duration.ofSeconds(2));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        ClientCall<String, String> call = fixture.call(stages, SAFE);
        CallFixture.say(call, second);
        call.cancel("no more", null);
        fixture.time.advance(Duration.ofSeconds(2));
        assertThat(second.heard).containsExactly("CANCELLED");
        assertThat(fixture.channel.calls).hasSize(1);
    }

    @Test
    void aConsumerThatThrowsFailsNoCall() {
        rate(Duration.ZERO).getEventPublisher().onEvent(event -> {
            throw new IllegalStateException("consumer");
        });
        fixture.start(SAFE, first);
        fixture.channel.attempt(1).answers("one");
        assertThat(first.heard).containsExactly("headers", "one", "OK");
    }

    @Test
    void aFallbackAnswersForCallsThatAreTurnedAway() {
        rate(Duration.ZERO);
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILSAFE, null);
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.start(stages, SAFE, second);
        assertThat(second.heard).containsExactly("headers", "", "OK");
        assertThat(fixture.events).contains("fell back RESOURCE_EXHAUSTED");
    }

    @Test
    void aTimeLimitIsTheDeadlineAndLetsTheBreakerAndItsOwnListenersHear() {
        fixture.policy = CallFixture.policyFor("Get", new MethodPolicy(null, Duration.ZERO, null));
        fixture.timeLimiters = ByMethod.all(timeLimiter(Duration.ofMillis(700)));
        fixture.start(SAFE, first);
        assertThat(deadlineMillis(1)).isEqualTo(700);
        fixture.time.advance(Duration.ofMillis(700));
        fixture.channel.attempt(1).ends(Status.DEADLINE_EXCEEDED);
        assertThat(first.heard).containsExactly("DEADLINE_EXCEEDED");
        assertThat(first.end().getDescription())
                .contains("the deadline is 700 ms, resilience4j.timelimiter.instances.orders.timeout-duration");
        assertThat(first.end().getCause()).isInstanceOf(TimeoutException.class);
        assertThat(fixture.breaker.failed).as("it is the service that was slow").hasValue(1);
        fixture.start(SAFE, second);
        fixture.channel.attempt(2).answers("two");
        assertThat(limiterEvents).containsExactly("TIMEOUT", "SUCCESS");
    }

    @Test
    void aTimeLimitThatLeavesNoTimeForAnotherAttemptIsNamedToo() {
        fixture.timeLimiters = ByMethod.all(timeLimiter(Duration.ofMillis(10)));
        fixture.start(SAFE, first);
        fixture.time.advance(Duration.ofMillis(5));
        fixture.channel.attempt(1).ends(Status.DEADLINE_EXCEEDED);
        assertThat(first.end().getDescription())
                .contains("no time left for another")
                .contains("the deadline is 10 ms, resilience4j.timelimiter.instances.orders.timeout-duration");
        assertThat(limiterEvents).containsExactly("TIMEOUT");
    }

    @Test
    void theEarliestDeadlineWins() {
        fixture.policy = CallFixture.policyFor("Get", new MethodPolicy(null, Duration.ZERO, null));
        fixture.timeLimiters = ByMethod.all(timeLimiter(Duration.ofSeconds(8)));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        assertThat(deadlineMillis(1)).as("not the default of 5 s").isEqualTo(8000);
        fixture.options = fixture.deadline(Duration.ofSeconds(2));
        fixture.start(stages, SAFE, first);
        assertThat(deadlineMillis(2)).isEqualTo(2000);
        fixture.options = fixture.deadline(Duration.ofSeconds(20));
        fixture.start(stages, SAFE, first);
        assertThat(deadlineMillis(3)).isEqualTo(8000);
        fixture.options = io.grpc.CallOptions.DEFAULT;
        fixture.start(stages, LIST, first);
        assertThat(fixture.channel.attempt(4).options.getDeadline())
                .as("a stream needs a limiter of its own")
                .isNull();
    }

    @Test
    void aMethodOfItsOwnMayBeShorterAndAStreamHaveOne() {
        fixture.policy = CallFixture.policyFor("Get", new MethodPolicy(Duration.ofSeconds(1), Duration.ZERO, null));
        fixture.timeLimiters =
                new ByMethod<>(timeLimiter(Duration.ofSeconds(3)), Map.of("List", timeLimiter(Duration.ofSeconds(60))));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        assertThat(deadlineMillis(1)).isEqualTo(1000);
        fixture.start(stages, LIST, first);
        assertThat(deadlineMillis(2)).isEqualTo(60_000);
    }
}
