/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.CallListener;
import io.clusterrpc.PreviousAttempts;
import io.clusterrpc.ServiceInstance;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HedgedCallTests {

    private static final Duration DELAY = Duration.ofMillis(50);
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private CallFixture fixture = new CallFixture();
    private CallerLog caller = new CallerLog();

    @BeforeEach
    void hedge() {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.HEDGED, DELAY);
    }

    private ClientCall<String, String> start() {
        return fixture.start(CallFixture.SAFE, caller);
    }

    private FakeChannel.FakeCall attempt(int number) {
        return fixture.channel.attempt(number);
    }

    private static Metadata pushback(String value) {
        Metadata trailers = new Metadata();
        trailers.put(PUSHBACK, value);
        return trailers;
    }

    @Test
    void aQuickAnswerNeedsNoSecondAttempt() {
        start();
        assertThat(attempt(1).messages).containsExactly("hello");
        attempt(1).answers("hi");
        fixture.time.advance(DELAY);
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(fixture.channel.calls).hasSize(1);
        assertThat(fixture.time.timers()).isZero();
        assertThat(fixture.events).containsExactly("attempt 1 OK", "call ANSWERED OK 1");
    }

    @Test
    void theFirstAnswerWinsAndTheOtherAttemptIsCancelled() {
        start();
        fixture.time.advance(DELAY);
        assertThat(attempt(2).attempt.tried()).containsExactly("instance-1");
        assertThat(attempt(2).messages).containsExactly("hello");
        attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(attempt(1).cancelled).isNotNull();
        assertThat(attempt(1).givenUpWhenCancelled).isFalse();
        attempt(1).ends(Status.CANCELLED);
        assertThat(attempt(1).released).hasValue(1);
        assertThat(fixture.events)
                .containsExactly("hedged", "attempt 2 OK", "call ANSWERED OK 2", "attempt 1 CANCELLED");
        assertThat(fixture.breaker.succeeded).hasValue(1);
    }

    @Test
    void theSecondAttemptSaysThatItIsAFurtherOne() {
        start();
        fixture.time.advance(DELAY);
        assertThat(PreviousAttempts.read(attempt(1).headers)).isZero();
        assertThat(PreviousAttempts.read(attempt(2).headers)).isOne();
    }

    /** The other attempt fails while listeners are told of the answer. */
    @Test
    void anAnswerIsNotLostToAFailureAtTheSameTime() {
        CallListener failing = new CallListener() {
            @Override
            public void attemptEnded(
                    String reference,
                    MethodDescriptor<?, ?> method,
                    @Nullable ServiceInstance instance,
                    int number,
                    Status.Code code,
                    long nanos) {
                if (number == 2) {
                    attempt(1).ends(Status.UNAVAILABLE);
                }
            }
        };
        ClientCall<String, String> call = fixture.call(fixture.stages(List.of(failing, fixture)), CallFixture.SAFE);
        CallFixture.say(call, caller);
        fixture.time.advance(DELAY);
        attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void aFailureDoesNotWaitForTheDelay() {
        start();
        attempt(1).ends(Status.UNAVAILABLE);
        attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        fixture.time.advance(DELAY);
        assertThat(fixture.channel.calls).hasSize(2);
    }

    @Test
    void ofTwoFailuresTheLaterIsTold() {
        start();
        fixture.time.advance(DELAY);
        attempt(2).ends(Status.UNAVAILABLE.withDescription("second"));
        assertThat(caller.heard).isEmpty();
        attempt(1).ends(Status.UNAVAILABLE.withDescription("first"));
        assertThat(caller.end().getDescription()).isEqualTo("first\n2 attempts (hedged)");
        assertThat(fixture.channel.calls).hasSize(2);
    }

    @Test
    void hedgesComeOutOfTheRetryBudget() {
        fixture.policy = fixture.policy.withRetryBudget(new RetryBudgetPolicy(0, 0));
        start();
        fixture.time.advance(DELAY);
        assertThat(fixture.channel.calls).hasSize(1);
        assertThat(fixture.events).containsExactly("refused OK");
        attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
    }

    @Test
    void theServerMaySayWhenToComeBackOrNotTo() {
        start();
        attempt(1).ends(Status.UNAVAILABLE, pushback("700"));
        fixture.time.advance(Duration.ofMillis(699));
        assertThat(fixture.channel.calls).hasSize(1);
        fixture.time.advance(Duration.ofMillis(1));
        attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");

        caller = new CallerLog();
        start();
        attempt(3).ends(Status.UNAVAILABLE, pushback("-1"));
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
    }

    @Test
    void withoutADelayTheSecondAttemptComesAfterThePercentileSeen() {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.HEDGED, null);
        CallStages stages = fixture.stages();
        for (int i = 1; i <= 20; i++) {
            fixture.start(stages, CallFixture.SAFE, new CallerLog());
            assertThat(fixture.time.timers()).isZero();
            fixture.time.advance(Duration.ofMillis(10));
            attempt(i).answers("hi");
        }
        fixture.start(stages, CallFixture.SAFE, caller);
        assertThat(fixture.time.nextTimer()).isBetween(Duration.ofMillis(9), Duration.ofMillis(11));
    }

    @Test
    void unsafeAndStreamingMethodsAreNeverHedged() {
        fixture.start(CallFixture.UNSAFE, caller);
        fixture.start(CallFixture.LIST, new CallerLog());
        fixture.time.advance(DELAY);
        assertThat(fixture.channel.calls).hasSize(2);
    }

    @Test
    void failfastMakesOneAttempt() {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILFAST, null);
        start();
        attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(fixture.events).containsExactly("attempt 1 UNAVAILABLE", "call FAILED UNAVAILABLE 1");
    }

    @Test
    void failsafeAnswersEmptyAfterTheLastAttempt() {
        fixture.policy =
                CallPolicy.DEFAULTS.withMode(CallMode.FAILSAFE, null).withRetryBudget(new RetryBudgetPolicy(0, 0));
        start();
        attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("headers", "", "OK");
        assertThat(fixture.events).endsWith("call FAILED UNAVAILABLE 1", "fell back UNAVAILABLE");
        assertThat(fixture.breaker.failed).hasValue(1);
    }

    @Test
    void failsafeAnswersEmptyWhereTheBreakerIsOpenButPassesAnswersOn() {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILSAFE, null);
        fixture.start(CallFixture.UNSAFE, caller);
        attempt(1).ends(Status.NOT_FOUND);
        assertThat(caller.heard).containsExactly("NOT_FOUND");
        fixture.breaker.real.transitionToOpenState();
        caller = new CallerLog();
        start();
        assertThat(caller.heard).containsExactly("headers", "", "OK");
    }

    // Every order of what can happen

    private enum Event {
        TIMER,
        FIRST_ANSWERS,
        FIRST_FAILS,
        FIRST_BREAKS,
        FIRST_SAYS_LATER,
        SECOND_ANSWERS,
        SECOND_FAILS,
        SECOND_TIMES_OUT,
        CANCEL
    }

    /** Where an event strikes while an attempt is being begun, instead of after it. */
    private enum Inside {
        NOWHERE,
        NEW_CALL,
        START,
        HALF_CLOSE
    }

    @Test
    void endsOnceAndHoldsNothingInWhateverOrderThingsHappen() {
        int runs = 0;
        for (List<Event> order : orders(new ArrayList<>(), 4)) {
            for (boolean queueing : new boolean[] {false, true}) {
                run(order, Inside.NOWHERE, 0, null, queueing);
                runs++;
                for (Inside inside : List.of(Inside.NEW_CALL, Inside.START, Inside.HALF_CLOSE)) {
                    for (int number = 1; number <= 2 && order.size() <= 3; number++) {
                        for (Event struck : Event.values()) {
                            run(order, inside, number, struck, queueing);
                            runs++;
                        }
                    }
                }
            }
        }
        assertThat(runs).isGreaterThan(10_000);
    }

    private static List<List<Event>> orders(List<Event> begun, int longest) {
        List<List<Event>> orders = new ArrayList<>();
        orders.add(List.copyOf(begun));
        if (begun.size() < longest) {
            for (Event event : Event.values()) {
                begun.add(event);
                orders.addAll(orders(begun, longest));
                begun.remove(begun.size() - 1);
            }
        }
        return orders;
    }

    private void run(List<Event> order, Inside inside, int number, @Nullable Event struck, boolean queueing) {
        fixture = new CallFixture();
        fixture.queueing = queueing;
        fixture.time.deafToCancel = true;
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.HEDGED, DELAY);
        caller = new CallerLog();
        ClientCall<String, String> call = fixture.call(CallFixture.SAFE);
        boolean[] done = new boolean[1];
        Runnable strike = () -> {
            if (struck != null && !done[0] && fixture.channel.calls.size() >= number - 1) {
                done[0] = true;
                happen(struck, call);
            }
        };
        switch (inside) {
            case NOWHERE -> {}
            case NEW_CALL ->
                fixture.channel.onNewCall = () -> {
                    if (fixture.channel.calls.size() == number - 1) {
                        strike.run();
                    }
                };
            case START ->
                fixture.channel.onStart = begun -> {
                    if (begun.attempt.number() == number) {
                        strike.run();
                    }
                };
            case HALF_CLOSE ->
                fixture.channel.onHalfClose = begun -> {
                    if (begun.attempt.number() == number) {
                        strike.run();
                    }
                };
        }
        String which = order + " " + inside + " " + number + " " + struck + (queueing ? " queueing" : "");
        CallFixture.say(call, caller);
        order.forEach(event -> happen(event, call));
        fixture.time.advance(Duration.ofSeconds(2));
        fixture.runQueued();
        call.cancel("over", null);
        fixture.runQueued();
        fixture.time.advance(Duration.ofSeconds(2));
        fixture.runQueued();
        for (FakeChannel.FakeCall attempt : fixture.channel.calls) {
            if (!attempt.closed && attempt.started) {
                assertThat(attempt.cancelled).as(which).isNotNull();
                attempt.ends(Status.CANCELLED);
            }
        }
        fixture.runQueued();
        assertThat(caller.ends).as(which).hasSize(1);
        assertThat(caller.heard).as(which).noneMatch(word -> word.startsWith("LATE") || word.startsWith("CONC"));
        assertThat(fixture.channel.calls).as(which).hasSizeLessThanOrEqualTo(2);
        for (FakeChannel.FakeCall attempt : fixture.channel.calls) {
            assertThat(attempt.released).as(which).hasValue(attempt.started ? 1 : 0);
        }
        assertThat(fixture.events.stream().filter(event -> event.startsWith("call ")))
                .as(which)
                .hasSize(1);
        assertThat(fixture.events.stream().filter(event -> event.startsWith("attempt ")))
                .as(which)
                .hasSize(fixture.channel.calls.size());
        assertThat(fixture.breaker.settled()).as(which).isEqualTo(fixture.breaker.acquired.get());
    }

    private void happen(Event event, ClientCall<String, String> call) {
        switch (event) {
            case TIMER -> fixture.time.advance(DELAY);
            case FIRST_ANSWERS -> end(1, Status.OK, new Metadata());
            case FIRST_FAILS -> end(1, Status.UNAVAILABLE, new Metadata());
            case FIRST_BREAKS -> end(1, Status.INTERNAL, new Metadata());
            case FIRST_SAYS_LATER -> end(1, Status.UNAVAILABLE, pushback("70"));
            case SECOND_ANSWERS -> end(2, Status.OK, new Metadata());
            case SECOND_FAILS -> end(2, Status.UNAVAILABLE, new Metadata());
            case SECOND_TIMES_OUT -> end(2, Status.DEADLINE_EXCEEDED, new Metadata());
            case CANCEL -> call.cancel("enough", null);
        }
        fixture.runQueued();
    }

    private void end(int number, Status status, Metadata trailers) {
        if (fixture.channel.calls.size() >= number && attempt(number).started && !attempt(number).closed) {
            if (status.isOk()) {
                attempt(number).sends("hi");
            }
            attempt(number).ends(status, trailers);
        }
    }
}
