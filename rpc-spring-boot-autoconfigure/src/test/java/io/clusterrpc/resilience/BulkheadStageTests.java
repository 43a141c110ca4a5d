/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static io.clusterrpc.resilience.CallFixture.UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BulkheadStageTests {

    private final CallFixture fixture = new CallFixture();
    private final CallerLog first = new CallerLog();
    private final CallerLog second = new CallerLog();
    private final CallerLog third = new CallerLog();

    private Bulkhead bulkhead(int calls, Duration wait) {
        Bulkhead bulkhead = Bulkhead.of(
                "orders",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(calls)
                        .maxWaitDuration(wait)
                        .build());
        fixture.bulkheads = ByMethod.all(bulkhead);
        return bulkhead;
    }

    private static int free(Bulkhead bulkhead) {
        return bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    @Test
    void aCallTooManyIsTurnedAwayAndTheBreakerHearsNothing() {
        Bulkhead bulkhead = bulkhead(1, Duration.ZERO);
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.start(stages, SAFE, second);
        assertThat(second.heard).containsExactly("RESOURCE_EXHAUSTED");
        assertThat(second.end().getDescription())
                .contains("Reference 'orders'", "lets in 1 calls at a time", "resilience4j.bulkhead.instances.orders");
        assertThat(second.end().getCause()).isInstanceOf(BulkheadFullException.class);
        assertThat(fixture.breaker.acquired).hasValue(1);
        assertThat(fixture.events).contains("call REJECTED RESOURCE_EXHAUSTED 0");
        fixture.channel.attempt(1).answers("one");
        assertThat(free(bulkhead)).isEqualTo(1);
        fixture.start(stages, SAFE, third);
        fixture.channel.attempt(2).answers("three");
        assertThat(third.heard).containsExactly("headers", "three", "OK");
        assertThat(free(bulkhead)).isEqualTo(1);
    }

    @Test
    void aPlaceIsHeldUntilTheLastAttemptEnded() {
        Bulkhead bulkhead = bulkhead(1, Duration.ZERO);
        fixture.start(SAFE, first);
        fixture.channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(free(bulkhead)).as("during the backoff").isZero();
        fixture.time.advance(Duration.ofMillis(100));
        fixture.channel.attempt(2).answers("two");
        assertThat(free(bulkhead)).isEqualTo(1);
    }

    @Test
    void waitingCallsComeInOneAfterTheOtherWithAllThatTheySaid() {
        Bulkhead bulkhead = bulkhead(1, Duration.ofSeconds(1));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.start(stages, UNSAFE, second);
        fixture.start(stages, LIST, third);
        assertThat(fixture.channel.calls).hasSize(1);
        fixture.channel.attempt(1).answers("one");
        assertThat(fixture.channel.calls).hasSize(2);
        assertThat(fixture.channel.attempt(2).messages).containsExactly("hello");
        assertThat(fixture.channel.attempt(2).halfClosed).isTrue();
        fixture.channel.attempt(2).answers("two");
        fixture.channel.attempt(3).sends("three");
        assertThat(free(bulkhead)).as("a stream holds its place until its end").isZero();
        fixture.channel.attempt(3).ends(Status.OK);
        assertThat(second.heard).containsExactly("headers", "two", "OK");
        assertThat(third.heard).containsExactly("headers", "three", "OK");
        assertThat(free(bulkhead)).isEqualTo(1);
    }

    @Test
    void aWaitEndsAfterItsDuration() {
        Bulkhead bulkhead = bulkhead(1, Duration.ofMillis(300));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.start(stages, SAFE, second);
        fixture.time.advance(Duration.ofMillis(299));
        assertThat(second.ends).isEmpty();
        fixture.time.advance(Duration.ofMillis(1));
        assertThat(second.heard).containsExactly("RESOURCE_EXHAUSTED");
        assertThat(second.end().getDescription()).contains("within max-wait-duration, 300 ms");
        fixture.channel.attempt(1).answers("one");
        assertThat(free(bulkhead)).isEqualTo(1);
    }

    @Test
    void aWaitEndsWithTheDeadline() {
        bulkhead(1, Duration.ofSeconds(3));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.options = fixture.deadline(Duration.ofMillis(50));
        fixture.start(stages, SAFE, second);
        fixture.time.advance(Duration.ofMillis(50));
        assertThat(second.heard).containsExactly("DEADLINE_EXCEEDED");
    }

    @Test
    void whoGivesUpLeavesTheQueue() {
        Bulkhead bulkhead = bulkhead(1, Duration.ofSeconds(1));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        ClientCall<String, String> impatient = fixture.call(stages, SAFE);
        CallFixture.say(impatient, second);
        Context.CancellableContext context = Context.current().withCancellation();
        context.run(() -> fixture.start(stages, SAFE, third));
        impatient.cancel("no more", null);
        context.cancel(null);
        assertThat(second.heard).containsExactly("CANCELLED");
        assertThat(third.heard).containsExactly("CANCELLED");
        fixture.channel.attempt(1).answers("one");
        assertThat(fixture.channel.calls).hasSize(1);
        assertThat(free(bulkhead)).isEqualTo(1);
    }

    @Test
    void aCallThatCannotStartGivesItsPlaceBack() {
        Bulkhead bulkhead = bulkhead(1, Duration.ofSeconds(1));
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.start(stages, SAFE, second);
        fixture.channel.startThrows = new IllegalArgumentException("start");
        fixture.channel.attempt(1).answers("one");
        assertThat(second.ends).hasSize(1);
        assertThat(free(bulkhead)).isEqualTo(1);
    }

    @Test
    void consumersThatThrowFailNoCallAndLeakNoPlace() {
        Bulkhead bulkhead = bulkhead(1, Duration.ZERO);
        bulkhead.getEventPublisher().onEvent(event -> {
            throw new IllegalStateException("consumer");
        });
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, first);
        fixture.start(stages, SAFE, second);
        fixture.channel.attempt(1).answers("one");
        assertThat(first.heard).containsExactly("headers", "one", "OK");
        assertThat(second.heard).containsExactly("RESOURCE_EXHAUSTED");
        assertThat(free(bulkhead)).isEqualTo(1);
    }

    @Test
    void aMethodHasItsOwnInPlaceOfThatOfTheReference() {
        Bulkhead own = Bulkhead.of(
                "orders.Charge", BulkheadConfig.custom().maxConcurrentCalls(1).build());
        fixture.bulkheads = new ByMethod<>(null, java.util.Map.of("Charge", own));
        CallStages stages = fixture.stages();
        fixture.start(stages, UNSAFE, first);
        fixture.start(stages, UNSAFE, second);
        fixture.start(stages, SAFE, third);
        assertThat(second.end().getDescription()).contains("resilience4j.bulkhead.instances.\"[orders.Charge]\"");
        assertThat(fixture.channel.calls).hasSize(2);
    }

    @Test
    void wordsBeforeTheStartAreAMistake() {
        bulkhead(1, Duration.ZERO);
        ClientCall<String, String> call = fixture.call(SAFE);
        List<RuntimeException> thrown = new ArrayList<>();
        for (Runnable words :
                List.<Runnable>of(() -> call.request(1), () -> call.sendMessage("hello"), call::halfClose)) {
            try {
                words.run();
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        }
        assertThat(thrown).hasSize(3);
        call.start(first, new Metadata());
        try {
            call.start(first, new Metadata());
        } catch (IllegalStateException e) {
            thrown.add(e);
        }
        assertThat(thrown).hasSize(4);
    }
}
