/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that can happen to the attempts of a call, in every order of three events, and each event also while an attempt is being
 * begun: success, failure, refusal, loss, cancel of the caller or of its context, deadline, timers (hedge, backoff). Whatever happens, in
 * every mode: the caller hears one end, which is the answer if one came before it (or enough for a quorum); every attempt is told of once, its stream is released, and it is
 * cancelled if it outlives its call; no timer is left.
 */
class EveryOrderTests {

    private static final int LENGTH = 3;
    private static final Duration HEDGE = Duration.ofMillis(50);
    private static final Duration DEADLINE = Duration.ofMillis(400);
    private static final List<ServiceInstance> MEMBERS =
            IntStream.rangeClosed(1, 4).mapToObj(FakeChannel::instance).toList();

    private enum Event {
        OLDEST_ANSWERS(false, Attempted.ANSWERS),
        OLDEST_FAILS(false, Attempted.FAILS),
        OLDEST_BREAKS(false, Attempted.BREAKS),
        OLDEST_SHEDS(false, Attempted.SHEDS),
        OLDEST_IS_REFUSED(false, Attempted.IS_REFUSED),
        OLDEST_IS_LOST(false, Attempted.IS_LOST),
        NEWEST_ANSWERS(true, Attempted.ANSWERS),
        NEWEST_FAILS(true, Attempted.FAILS),
        NEWEST_SHEDS(true, Attempted.SHEDS),
        NEWEST_IS_REFUSED(true, Attempted.IS_REFUSED),
        TIMERS(false, null),
        DEADLINE_PASSES(false, null),
        CANCEL(false, null),
        CONTEXT_ENDS(false, null);

        final boolean newest;
        final @Nullable Attempted attempted;

        Event(boolean newest, @Nullable Attempted attempted) {
            this.newest = newest;
            this.attempted = attempted;
        }
    }

    private enum Attempted {
        ANSWERS,
        FAILS,
        BREAKS,
        SHEDS,
        IS_REFUSED,
        IS_LOST
    }

    @ParameterizedTest
    @EnumSource
    void everyOrderEndsWell(CallMode mode) {
        for (List<Event> order : orders(List.of(), LENGTH)) {
            new Run(mode, order, null, 0).check();
        }
    }

    /** The event strikes while the attempt with this number is being started. */
    @ParameterizedTest
    @MethodSource("struck")
    void soDoesEveryOrderWithAnEventInsideTheBeginningOfAnAttempt(CallMode mode, int number) {
        for (List<Event> order : orders(List.of(), LENGTH - 1)) {
            for (Event inside : Event.values()) {
                new Run(mode, order, inside, number).check();
            }
        }
    }

    static Stream<Object[]> struck() {
        return Stream.of(CallMode.values())
                .flatMap(mode -> IntStream.rangeClosed(1, 2).mapToObj(number -> new Object[] {mode, number}));
    }

    private static List<List<Event>> orders(List<Event> begun, int longest) {
        List<List<Event>> orders = new ArrayList<>();
        orders.add(begun);
        if (begun.size() < longest) {
            for (Event event : Event.values()) {
                List<Event> longer = new ArrayList<>(begun);
                longer.add(event);
                orders.addAll(orders(longer, longest));
            }
        }
        return orders;
    }

    /** One call. */
    private static final class Run {

        private final Supplier<String> which;
        private final CallMode mode;
        private final CallFixture fixture = new CallFixture();
        private final CallerLog caller = new CallerLog();
        private final Context.CancellableContext context = Context.ROOT.withCancellation();
        private final ClientCall<String, String> call;
        /** Those that came before the end. */
        private int answers;

        Run(CallMode mode, List<Event> order, @Nullable Event inside, int number) {
            // Half of the orders with an executor that is busy until the event is over.
            boolean queueing = order.stream().mapToInt(Event::ordinal).sum() % 2 == 0;
            this.which = () -> mode + " " + order + (inside == null ? "" : ", " + inside + " inside " + number)
                    + (queueing ? ", queueing" : "");
            this.mode = mode;
            fixture.queueing = queueing;
            fixture.policy = new CallPolicy(
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(2),
                            Map.of("Get", new MethodPolicy(null, null, null).withMode(mode)))
                    .withMode(mode, HEDGE)
                    .withRetryBudget(new RetryBudgetPolicy(0, 1));
            fixture.fanOut = new FanOutParts(method -> MEMBERS, method -> results -> "merged", () -> new Random(1));
            fixture.options = fixture.deadline(DEADLINE);
            Context previous = context.attach();
            try {
                call = fixture.call(SAFE);
            } finally {
                context.detach(previous);
            }
            if (inside != null) {
                fixture.channel.onStart = begun -> {
                    if (fixture.channel.calls.size() == number) {
                        happen(inside);
                    }
                };
            }
            CallFixture.say(call, caller);
            for (Event event : order) {
                happen(event);
                fixture.runQueued();
            }
            finish();
        }

        private List<FakeCall> live() {
            return fixture.channel.calls.stream()
                    .filter(attempt -> attempt.started && !attempt.closed)
                    .toList();
        }

        private void happen(Event event) {
            List<FakeCall> live = live();
            if (event.attempted != null && !live.isEmpty()) {
                happen(event.attempted, live.get(event.newest ? live.size() - 1 : 0));
            }
            switch (event) {
                case TIMERS -> fixture.time.advance(Duration.ofMillis(110));
                case DEADLINE_PASSES -> fixture.time.advance(DEADLINE);
                case CANCEL -> call.cancel("enough", null);
                case CONTEXT_ENDS -> {
                    context.cancel(null);
                    live.forEach(attempt -> attempt.ends(Status.CANCELLED)); // as gRPC does
                }
                default -> {}
            }
        }

        private void happen(Attempted what, FakeCall attempt) {
            if (attempt.cancelled != null) {
                attempt.ends(Status.CANCELLED);
                return;
            }
            switch (what) {
                case ANSWERS -> {
                    answers += fixture.events.stream().anyMatch(Run::isEnd) ? 0 : 1;
                    attempt.answers("hi");
                }
                case FAILS -> attempt.ends(Status.UNAVAILABLE);
                case BREAKS -> attempt.ends(Status.INTERNAL);
                case SHEDS -> attempt.ends(Status.RESOURCE_EXHAUSTED, Unprocessed.mark(new Metadata(), "busy"));
                case IS_REFUSED -> attempt.isRefused();
                case IS_LOST -> attempt.isNotSent();
            }
        }

        private static boolean isEnd(String event) {
            return event.startsWith("call ");
        }

        /** What gRPC and time do sooner or later. An attempt that outlives its call has to be cancelled. */
        private void finish() {
            for (int i = 0; i < 10; i++) {
                fixture.runQueued();
                if (!caller.ends.isEmpty()) {
                    assertThat(live()).as(which).allMatch(attempt -> attempt.cancelled != null);
                }
                live().forEach(attempt ->
                        attempt.ends(attempt.cancelled == null ? Status.DEADLINE_EXCEEDED : Status.CANCELLED));
                fixture.time.advance(DEADLINE);
            }
            fixture.runQueued();
        }

        void check() {
            assertThat(caller.ends).as(which).hasSize(1);
            assertThat(caller.heard).as(which).noneMatch(heard -> heard.startsWith("LATE") || heard.startsWith("CONC"));
            assertThat(fixture.events.stream().filter(Run::isEnd)).as(which).hasSize(1);
            assertThat(fixture.breaker.settled()).as(which).isEqualTo(fixture.breaker.acquired.get());
            assertThat(fixture.time.timers()).as(which).isZero();
            assertThat(fixture.executor).as(which).isEmpty();
            List<FakeCall> attempts = fixture.channel.calls;
            for (FakeCall attempt : attempts) {
                assertThat(attempt.released).as(which).hasValue(1);
                assertThat(attempt.messages).as(which).hasSizeLessThanOrEqualTo(1);
            }
            assertThat(fixture.undelivered
                            + fixture.events.stream()
                                    .filter(event -> event.startsWith("attempt "))
                                    .count())
                    .as(which)
                    .isEqualTo(attempts.size());
            switch (mode) {
                case QUORUM -> assertThat(isOk()).as(which).isEqualTo(answers >= QuorumPolicy.DEFAULTS.agree());
                case BROADCAST -> assertThat(answers > 0 || !isOk()).as(which).isTrue();
                case FAILSAFE -> assertThat(answers == 0 || isOk()).as(which).isTrue();
                default -> assertThat(isOk()).as(which).isEqualTo(answers > 0);
            }
        }

        private boolean isOk() {
            return caller.end().isOk();
        }
    }
}
