/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryBudgetTests {

    private final FakeTime time = new FakeTime();
    private final RetryBudget budget = new RetryBudget(RetryBudgetPolicy.DEFAULTS, time);

    private void calls(int number) {
        for (int i = 0; i < number; i++) {
            budget.called(time.nanoTime());
        }
    }

    private int retries() {
        int retries = 0;
        while (budget.tryRetry()) {
            retries++;
        }
        return retries;
    }

    @Test
    void allowsTenASecondHoweverFewCallsThereAre() {
        assertThat(retries()).isEqualTo(20);
        time.advance(Duration.ofMillis(1_999));
        assertThat(retries()).isZero();
        time.advance(Duration.ofMillis(201));
        assertThat(retries()).isEqualTo(20);
    }

    @Test
    void allowsAFifthOfTheCallsOfTheLastSeconds() {
        calls(1_000);
        assertThat(retries()).isEqualTo(200);
        time.advance(Duration.ofMillis(2_200));
        assertThat(retries()).isEqualTo(20);
    }

    @Test
    void savesNothingFromQuietTimes() {
        for (int second = 0; second < 600; second++) {
            calls(100);
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(retries()).isBetween(30, 44);
    }

    @Test
    void anHourWithoutCallsIsForgottenAtOnce() {
        calls(10_000);
        retries();
        time.advance(Duration.ofHours(1));
        assertThat(budget.state()).isEqualTo(new RetryBudgetState(0, 0, 20, 1));
        assertThat(retries()).isEqualTo(20);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        retries();
        budget.giveBack();
        assertThat(retries()).isEqualTo(1);
    }

    @Test
    void showsWhatIsLeft() {
        calls(200);
        for (int i = 0; i < 3; i++) {
            budget.tryRetry();
        }
        assertThat(budget.state()).isEqualTo(new RetryBudgetState(200, 3, 40, 0));
    }

    @Test
    void noTwoSecondsOfAnOutageHaveMoreThanAFifthOfRetries() {
        Deque<Long> retriedAt = new ArrayDeque<>();
        int worst = 0;
        for (int i = 0; i < 10_000; i++) {
            calls(1);
            if (budget.tryRetry()) {
                retriedAt.add(time.nanoTime());
            }
            while (!retriedAt.isEmpty() && time.nanoTime() - retriedAt.peek() >= 2_000_000_000L) {
                retriedAt.poll();
            }
            worst = Math.max(worst, retriedAt.size());
            time.advance(Duration.ofMillis(1));
        }
        // The window may be a slot longer than that.
        assertThat(worst).isBetween(400, 440);
    }

    @Test
    void refusesNumbersThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryBudgetPolicy(-1, 0))
                .withMessage("percent: -1.0 (expected: 0..1000)");
        assertThatIllegalArgumentException().isThrownBy(() -> new RetryBudgetPolicy(Double.NaN, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryBudgetPolicy(20, -1))
                .withMessage("min per second: -1 (expected: >= 0)");
    }

    @Test
    void aRefusedCallEndsWithTheFailureOfItsAttempt() {
        CallFixture fixture = new CallFixture();
        fixture.policy = CallPolicy.DEFAULTS.withRetryBudget(new RetryBudgetPolicy(50, 0));
        CallStages stages = fixture.stages();
        CallerLog rescued = new CallerLog();
        CallerLog refused = new CallerLog();

        fixture.start(stages, CallFixture.SAFE, rescued);
        fixture.start(stages, CallFixture.SAFE, refused);
        fixture.channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.channel.attempt(2).ends(Status.UNAVAILABLE.withDescription("down"));

        assertThat(refused.heard).containsExactly("UNAVAILABLE");
        assertThat(refused.end().getDescription())
                .isEqualTo("down\n1 attempt (10.0.0.1:9090: UNAVAILABLE),"
                        + " no further one because the retry budget of the reference is spent");
        assertThat(fixture.events)
                .endsWith("attempt 1 UNAVAILABLE", "refused UNAVAILABLE", "call FAILED UNAVAILABLE 1");
        assertThat(stages.retryBudget()).isEqualTo(new RetryBudgetState(2, 1, 1, 1));

        fixture.time.advance(Duration.ofMillis(100));
        fixture.channel.attempt(3).answers("hi");
        assertThat(rescued.heard).containsExactly("headers", "hi", "OK");
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfCallCounts(CallMode mode) {
        CallFixture fixture = new CallFixture();
        fixture.policy = CallPolicy.DEFAULTS.withMode(mode, Duration.ofSeconds(1));
        fixture.fanOut = new FanOutParts(
                method -> List.of(FakeChannel.instance(1), FakeChannel.instance(2)), FanOutParts.NONE.mergers());
        CallStages stages = fixture.stages();
        for (MethodDescriptor<String, String> method :
                List.of(CallFixture.SAFE, CallFixture.UNSAFE, CallFixture.LIST, CallFixture.CHAT)) {
            fixture.start(stages, method, new CallerLog());
        }
        assertThat(stages.retryBudget()).isEqualTo(new RetryBudgetState(4, 0, 20, 0));
    }

    @Test
    void aRetryThatTheUserExcludesCostsNoBudget() {
        CallFixture fixture = new CallFixture();
        fixture.retry = io.github.resilience4j.retry.Retry.of(
                "orders",
                io.github.resilience4j.retry.RetryConfig.custom()
                        .ignoreExceptions(RuntimeException.class)
                        .build());
        CallStages stages = fixture.stages();
        fixture.start(stages, CallFixture.SAFE, new CallerLog());
        fixture.channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(stages.retryBudget().retries()).isZero();
    }

    @Test
    void theServerThatWantsNoFurtherAttemptCostsNoBudget() {
        CallFixture fixture = new CallFixture();
        CallStages stages = fixture.stages();
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER), "-1");
        fixture.start(stages, CallFixture.SAFE, new CallerLog());
        fixture.channel.attempt(1).ends(Status.UNAVAILABLE, trailers);
        assertThat(stages.retryBudget()).isEqualTo(new RetryBudgetState(1, 0, 20, 0));
    }
}
