/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.CHAT;
import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static io.clusterrpc.resilience.CallFixture.UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.CallListener;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Several calls at once through all stages that there are, in random order of everything that can happen: success, failure, cancel of
 * caller or context, deadline, hedge, fallback, waits for a place or a turn, consumers and listeners that throw. Whatever
 * happens, every caller hears one end, every permission is settled once, and every attempt is closed.
 */
class LimitedScheduleTests {

    private static final int SCHEDULES = 2_000;
    private static final int PLACES = 2;

    @Test
    void holdsInEveryOrder() {
        int rejected = 0;
        int waited = 0;
        int fellBack = 0;
        int hedged = 0;
        int cancelled = 0;
        for (long seed = 0; seed < SCHEDULES; seed++) {
            try {
                Schedule schedule = new Schedule(new Random(seed));
                schedule.run();
                String events = String.join(" ", schedule.fixture.events);
                rejected += events.contains("call REJECTED") ? 1 : 0;
                waited += schedule.waited ? 1 : 0;
                fellBack += events.contains("fell back") ? 1 : 0;
                hedged += events.contains("hedged") ? 1 : 0;
                cancelled += events.contains("call CANCELLED") ? 1 : 0;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        // The schedules are worth something.
        assertThat(List.of(rejected, waited, fellBack, hedged, cancelled)).allMatch(count -> count > SCHEDULES / 50);
    }

    private static final class Schedule {

        private final Random random;
        private final CallFixture fixture = new CallFixture();
        private final Bulkhead bulkhead;
        private final Channel channel;
        private final List<Caller> callers = new ArrayList<>();
        private final boolean consumersThrow;
        private boolean waited;

        Schedule(Random random) {
            this.random = random;
            this.consumersThrow = random.nextInt(20) == 0;
            fixture.queueing = random.nextBoolean();
            fixture.retry = Retry.of(
                    "orders",
                    RetryConfig.custom()
                            .maxAttempts(2)
                            .intervalFunction(attempt -> random.nextBoolean() ? 0L : 50L)
                            .build());
            fixture.policy = new CallPolicy(
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(1),
                            Map.of(
                                    "Get",
                                    new MethodPolicy(null, null, null).withMode(CallMode.HEDGED),
                                    "Charge",
                                    new MethodPolicy(null, null, null).withMode(CallMode.FAILSAFE)))
                    .withMode(CallMode.FAILOVER, Duration.ofMillis(30));
            boolean empty = random.nextBoolean();
            fixture.fallbacks = method -> empty ? null : (request, failure) -> fallback();
            bulkhead = Bulkhead.of(
                    "orders",
                    BulkheadConfig.custom()
                            .maxConcurrentCalls(PLACES)
                            .maxWaitDuration(Duration.ofMillis(random.nextBoolean() ? 0 : 150))
                            .build());
            fixture.bulkheads = ByMethod.all(bulkhead);
            if (random.nextBoolean()) {
                fixture.rateLimiters = ByMethod.all(new AtomicRateLimiter(
                        "orders",
                        RateLimiterConfig.custom()
                                .limitForPeriod(2)
                                .limitRefreshPeriod(Duration.ofMillis(80))
                                .timeoutDuration(Duration.ofMillis(random.nextBoolean() ? 0 : 200))
                                .build(),
                        () -> fixture.time.nanoTime()));
            }
            if (random.nextBoolean()) {
                fixture.timeLimiters = ByMethod.all(TimeLimiter.of(Duration.ofMillis(300)));
            }
            if (consumersThrow) {
                bulkhead.getEventPublisher().onEvent(event -> thrown());
                fixture.rateLimiters
                        .values()
                        .forEach(limiter -> limiter.getEventPublisher().onEvent(event -> thrown()));
                fixture.timeLimiters
                        .values()
                        .forEach(limiter -> limiter.getEventPublisher().onEvent(event -> thrown()));
                fixture.retry.getEventPublisher().onEvent(event -> thrown());
            }
            fixture.channel.onStart = attempt -> {
                if (random.nextInt(4) == 0) {
                    happen(attempt);
                }
            };
            List<CallListener> listeners = consumersThrow ? List.of(throwing(), fixture) : List.of(fixture);
            channel = ClientInterceptors.interceptForward(
                    fixture.channel, fixture.stages(listeners).interceptors());
        }

        private String fallback() throws Exception {
            if (random.nextInt(3) == 0) {
                throw new IllegalStateException("fallback");
            }
            return "fallback";
        }

        private static void thrown() {
            throw new IllegalStateException("consumer");
        }

        private static CallListener throwing() {
            return (CallListener) Proxy.newProxyInstance(
                    CallListener.class.getClassLoader(), new Class<?>[] {CallListener.class}, (proxy, method, args) -> {
                        throw new IllegalStateException("listener");
                    });
        }

        /** A caller, who says what it has to say in order, whenever it comes to that. */
        private final class Caller {

            final CallerLog log = new CallerLog();
            final Context.CancellableContext context = Context.ROOT.withCancellation();
            final ClientCall<String, String> call;
            private int step;

            Caller() {
                List<MethodDescriptor<String, String>> methods = List.of(SAFE, UNSAFE, LIST, CHAT);
                MethodDescriptor<String, String> method = methods.get(random.nextInt(methods.size()));
                CallOptions options =
                        random.nextInt(3) == 0 ? fixture.deadline(Duration.ofMillis(100)) : CallOptions.DEFAULT;
                Context previous = context.attach();
                try {
                    call = channel.newCall(method, options);
                } finally {
                    context.detach(previous);
                }
            }

            void speak() {
                switch (step++) {
                    case 0 -> call.start(log, new Metadata());
                    case 1 -> call.request(2);
                    case 2 -> call.sendMessage("hello");
                    case 3 -> call.halfClose();
                    default -> call.request(1);
                }
            }

            /** Whoever cancels a call before its start must not start it. */
            void cancel() {
                if (step > 0) {
                    call.cancel("random", null);
                }
            }

            void finish() {
                while (step < 4) {
                    try {
                        speak();
                    } catch (IllegalStateException e) {
                        // The fake refuses words that follow a cancel.
                        assertThat(e).hasMessageContaining("was cancelled");
                    }
                }
            }
        }

        void run() {
            for (int i = 10 + random.nextInt(50); i > 0; i--) {
                try {
                    step();
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("was cancelled");
                }
                waited |= bulkhead.getMetrics().getAvailableConcurrentCalls() == 0 && fixture.time.timers() > 0;
            }
            callers.forEach(Caller::finish);
            for (int i = 0; i < 30; i++) {
                fixture.runQueued();
                fixture.channel.calls.stream()
                        .filter(attempt -> attempt.started && !attempt.closed)
                        .forEach(attempt ->
                                attempt.ends(attempt.cancelled == null ? Status.UNAVAILABLE : Status.CANCELLED));
                fixture.time.advance(Duration.ofMillis(200));
            }
            check();
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0 -> {
                    if (callers.size() < 5) {
                        callers.add(new Caller());
                    }
                }
                case 1, 2, 3 -> any(callers, Caller::speak);
                case 4, 5 ->
                    any(
                            fixture.channel.calls.stream()
                                    .filter(attempt -> attempt.started && !attempt.closed)
                                    .toList(),
                            this::happen);
                case 6, 7 -> fixture.time.advance(Duration.ofMillis(random.nextInt(60)));
                case 8 -> {
                    Runnable task = fixture.executor.poll();
                    if (task != null) {
                        task.run();
                    }
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        any(callers, Caller::cancel);
                    } else if (random.nextInt(8) == 0) {
                        any(callers, caller -> caller.context.cancel(null));
                    }
                }
            }
        }

        private <T> void any(List<T> list, java.util.function.Consumer<T> action) {
            if (!list.isEmpty()) {
                action.accept(list.get(random.nextInt(list.size())));
            }
        }

        private void happen(FakeCall attempt) {
            switch (random.nextInt(4)) {
                case 0 -> attempt.sends("message");
                case 1 -> attempt.ends(attempt.cancelled == null ? Status.OK : Status.CANCELLED);
                default -> attempt.ends(attempt.cancelled == null ? Status.UNAVAILABLE : Status.CANCELLED);
            }
        }

        private void check() {
            for (Caller caller : callers) {
                assertThat(caller.log.ends).as("ends of a caller").hasSize(1);
                assertThat(caller.log.heard).noneMatch(heard -> heard.startsWith("LATE") || heard.startsWith("CONC"));
            }
            assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls())
                    .as("places")
                    .isEqualTo(PLACES);
            assertThat(fixture.breaker.settled()).isEqualTo(fixture.breaker.acquired.get());
            for (FakeCall attempt : fixture.channel.calls) {
                assertThat(attempt.released).as("attempt closed").hasValue(attempt.started ? 1 : 0);
            }
            assertThat(fixture.time.timers()).as("timers").isZero();
            assertThat(fixture.executor).isEmpty();
            assertThat(fixture.events.stream().filter(event -> event.startsWith("call")))
                    .as("ends that listeners hear of")
                    .hasSize(callers.size());
        }
    }

    /** The same with real threads, for what only they can do: a place that is given up, given on and cancelled at the very same moment. */
    @Test
    void holdsWithThreadsThatRace() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
        try {
            for (int i = 0; i < 500; i++) {
                race(threads, scheduler);
            }
        } finally {
            threads.shutdownNow();
            scheduler.shutdownNow();
        }
    }

    private static void race(ExecutorService threads, ScheduledExecutorService scheduler) throws Exception {
        CallFixture fixture = new CallFixture();
        Bulkhead bulkhead = Bulkhead.of(
                "orders",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(PLACES)
                        .maxWaitDuration(
                                Duration.ofMillis(ThreadLocalRandom.current().nextInt(3)))
                        .build());
        List<Future<?>> work = Collections.synchronizedList(new ArrayList<>());
        fixture.channel.onStart = attempt -> work.add(threads.submit(() -> attempt.ends(Status.OK)));
        Safeguards safeguards = new Safeguards(
                ByMethod.all(fixture.breaker.breaker()),
                ByMethod.all(fixture.retry),
                ByMethod.all(bulkhead),
                ByMethod.none(),
                ByMethod.none(),
                Fallbacks.NONE,
                FanOutParts.NONE);
        Channel channel = ClientInterceptors.interceptForward(
                fixture.channel,
                CallStages.of("orders", CallPolicy.DEFAULTS, safeguards, new CallRuntime(scheduler, threads), List.of())
                        .interceptors());
        int calls = 8;
        CountDownLatch ended = new CountDownLatch(calls);
        List<CallerLog> logs = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            CallerLog log = new CallerLog() {
                @Override
                public void onClose(Status status, Metadata trailers) {
                    super.onClose(status, trailers);
                    ended.countDown();
                }
            };
            logs.add(log);
            ClientCall<String, String> call = channel.newCall(LIST, CallOptions.DEFAULT);
            call.start(log, new Metadata());
            work.add(threads.submit(() -> {
                if (ThreadLocalRandom.current().nextInt(3) == 0) {
                    call.cancel("race", null);
                }
            }));
        }
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        for (Future<?> each : List.copyOf(work)) {
            each.get(10, TimeUnit.SECONDS);
        }
        assertThat(logs).allMatch(log -> log.ends.size() == 1);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (bulkhead.getMetrics().getAvailableConcurrentCalls() != PLACES && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(PLACES);
        assertThat(fixture.breaker.settled()).isEqualTo(fixture.breaker.acquired.get());
    }
}
