/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.CHAT;
import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Attempt;
import io.clusterrpc.CallPriority;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadlineStageTests {

    private final FakeTime time = new FakeTime();
    private CallPolicy policy = CallPolicy.DEFAULTS;

    @Test
    void unaryCallsGetTheDefault() {
        assertThat(deadline(UNSAFE, CallOptions.DEFAULT)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void streamsGetNone() {
        assertThat(deadline(LIST, CallOptions.DEFAULT)).isNull();
        assertThat(deadline(CHAT, CallOptions.DEFAULT)).isNull();
    }

    @Test
    void theCallersOwnWinsWhetherShorterOrLonger() {
        for (int seconds : new int[] {1, 60}) {
            CallOptions own = CallOptions.DEFAULT.withDeadline(Deadline.after(seconds, TimeUnit.SECONDS, time));
            assertThat(deadline(UNSAFE, own)).isEqualTo(Duration.ofSeconds(seconds));
        }
    }

    @Test
    void theContextsWins() throws Exception {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        try (Context.CancellableContext context = Context.current().withDeadlineAfter(1, TimeUnit.MINUTES, scheduler)) {
            assertThat(context.call(() -> deadline(UNSAFE, CallOptions.DEFAULT) == null))
                    .isTrue();
        } finally {
            scheduler.shutdownNow();
        }
    }

    @Test
    void zeroMeansNone() {
        policy = new CallPolicy(Duration.ZERO, Duration.ZERO, Map.of());
        assertThat(deadline(UNSAFE, CallOptions.DEFAULT)).isNull();
    }

    @Test
    void aMethodMayHaveItsOwnAlsoIfItStreams() {
        policy = CallFixture.policyFor("List", new MethodPolicy(Duration.ofMinutes(1), null, null));
        assertThat(deadline(LIST, CallOptions.DEFAULT)).isEqualTo(Duration.ofMinutes(1));
        assertThat(deadline(UNSAFE, CallOptions.DEFAULT)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void thePriorityOfTheCallBeingServedIsPassedOnUnlessTheCallHasOne() throws Exception {
        Context serving = Context.current().withValue(CallPriority.CONTEXT, CallPriority.LOW);
        assertThat(priority(CallOptions.DEFAULT)).isNull();
        assertThat(serving.call(() -> priority(CallOptions.DEFAULT))).isEqualTo(CallPriority.LOW);
        CallOptions own = CallOptions.DEFAULT.withOption(CallPriority.KEY, CallPriority.HIGH);
        assertThat(serving.call(() -> priority(own))).isEqualTo(CallPriority.HIGH);
    }

    private @Nullable CallPriority priority(CallOptions options) {
        FakeChannel channel = new FakeChannel();
        new DeadlineStage(policy, time)
                .interceptCall(UNSAFE, options.withOption(Attempt.KEY, new Attempt(1, Set.of())), channel);
        return channel.attempt(1).options.getOption(CallPriority.KEY);
    }

    private @Nullable Duration deadline(MethodDescriptor<String, String> method, CallOptions options) {
        FakeChannel channel = new FakeChannel();
        new DeadlineStage(policy, time)
                .interceptCall(method, options.withOption(Attempt.KEY, new Attempt(1, Set.of())), channel);
        Deadline deadline = channel.attempt(1).options.getDeadline();
        return deadline == null ? null : Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
}
