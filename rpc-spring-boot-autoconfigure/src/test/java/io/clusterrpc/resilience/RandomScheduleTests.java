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

import io.clusterrpc.Unprocessed;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Throws everything that can happen to a call at it, in random order: what its caller does, what becomes of its attempts, time, a
 * busy executor, a cancelled context, a channel that throws. Whatever happens, the caller hears one end, permissions are settled
 * once, attempts are closed, and an attempt is told all and only what the caller said.
 */
class RandomScheduleTests {

    private static final int SCHEDULES = 8_000;
    private static final Status.Code[] CODES = Status.Code.values();

    @Test
    void holdsInEveryOrder() {
        int failedOver = 0;
        int cancelled = 0;
        int undelivered = 0;
        for (long seed = 0; seed < SCHEDULES; seed++) {
            try {
                CallFixture fixture = new Schedule(new Random(seed)).run();
                failedOver += fixture.channel.calls.stream().anyMatch(call -> call.attempt.number() > 1) ? 1 : 0;
                undelivered += fixture.channel.calls.size() > 1 && fixture.channel.attempt(1).undelivered ? 1 : 0;
                cancelled += String.join(" ", fixture.events).contains("call CANCELLED") ? 1 : 0;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        // The schedules are worth something.
        assertThat(failedOver).isGreaterThan(SCHEDULES / 20);
        assertThat(cancelled).isGreaterThan(SCHEDULES / 10);
        assertThat(undelivered).isGreaterThan(SCHEDULES / 20);
    }

    /** One call. The caller's own words come in order, all else at any time. */
    private static final class Schedule {

        private final Random random;
        private final CallFixture fixture = new CallFixture();
        private final CallerLog caller = new CallerLog();
        private final Context.CancellableContext context = Context.ROOT.withCancellation();
        private final ClientCall<String, String> call;
        private final MethodDescriptor<String, String> method;
        private int step;
        private int requested;
        private boolean threw;
        private boolean started;
        private boolean cancelled;

        Schedule(Random random) {
            this.random = random;
            fixture.queueing = random.nextBoolean();
            fixture.retry = Retry.of(
                    "orders",
                    RetryConfig.custom()
                            .maxAttempts(1 + random.nextInt(4))
                            .intervalFunction(attempt -> random.nextBoolean() ? 0L : 50L)
                            .build());
            fixture.channel.onStart = attempt -> {
                if (random.nextInt(4) == 0) {
                    happen(attempt);
                }
                if (random.nextInt(20) == 0) {
                    cancel();
                }
            };
            List<MethodDescriptor<String, String>> methods = List.of(SAFE, UNSAFE, LIST, CHAT);
            if (random.nextInt(4) == 0) {
                fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILFAST, null);
            }
            if (random.nextInt(3) == 0) {
                fixture.policy = fixture.policy.withReadOn(ResponseThread.TRANSPORT);
            }
            method = methods.get(random.nextInt(methods.size()));
            fixture.options = random.nextBoolean() ? fixture.deadline(Duration.ofMillis(400)) : CallOptions.DEFAULT;
            if (random.nextInt(3) == 0) {
                fixture.options = fixture.options.withExecutor(fixture.runtime().executor());
            }
            Context previous = context.attach();
            try {
                call = fixture.call(method);
            } finally {
                context.detach(previous);
            }
        }

        CallFixture run() {
            int events = 5 + random.nextInt(25);
            for (int i = 0; i < events; i++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 -> speak();
                    case 4, 5 -> liveAttempt();
                    case 6 -> anyAttempt();
                    case 7, 8 -> fixture.time.advance(Duration.ofMillis(random.nextInt(120)));
                    case 9 -> runOneQueued();
                    case 10 -> rarely();
                    default -> runOneQueued();
                }
            }
            finish();
            check();
            return fixture;
        }

        private void speak() {
            switch (step++) {
                case 0 -> start();
                case 1 -> request(2);
                case 2 -> ifStarted(() -> call.sendMessage("hello"));
                case 3 -> ifStarted(call::halfClose);
                default -> request(1);
            }
        }

        private void start() {
            try {
                call.start(caller, new Metadata());
                started = true;
            } catch (IllegalArgumentException e) {
                threw = true;
            } catch (IllegalStateException e) {
                refusedAsCancelled(e);
                threw = true;
            }
        }

        private void request(int messages) {
            ifStarted(() -> {
                requested += messages;
                call.request(messages);
            });
        }

        private void ifStarted(Runnable words) {
            try {
                if (started) {
                    words.run();
                }
            } catch (IllegalStateException e) {
                refusedAsCancelled(e);
            }
        }

        /** A call whose requests are a stream refuses words that follow a cancel, like gRPC's own. */
        private void refusedAsCancelled(IllegalStateException e) {
            assertThat(method == CHAT
                            && cancelled
                            && String.valueOf(e.getMessage()).contains("was cancelled"))
                    .as(e.toString())
                    .isTrue();
        }

        private void rarely() {
            switch (random.nextInt(6)) {
                case 0, 1 -> cancel();
                case 2 -> context.cancel(null);
                case 3 -> fixture.channel.startThrows = new IllegalArgumentException("start");
                case 4 -> fixture.channel.newCallThrows = new IllegalArgumentException("newCall");
                default -> fixture.time.rejecting = true;
            }
        }

        private void cancel() {
            cancelled = true;
            call.cancel("random", null);
        }

        private void runOneQueued() {
            Runnable task = fixture.executor.poll();
            if (task != null) {
                task.run();
            }
        }

        private void liveAttempt() {
            List<FakeCall> live = fixture.channel.calls.stream()
                    .filter(attempt -> attempt.started && !attempt.closed)
                    .toList();
            assertThat(live.size()).as("attempts under way").isLessThanOrEqualTo(1);
            live.forEach(this::happen);
        }

        /** An ended attempt may not say anything, but who knows. */
        private void anyAttempt() {
            List<FakeCall> all = new ArrayList<>(fixture.channel.calls);
            Collections.shuffle(all, random);
            all.stream().filter(attempt -> attempt.closed).findFirst().ifPresent(this::happen);
        }

        private void happen(FakeCall attempt) {
            switch (random.nextInt(10)) {
                case 0 -> attempt.sendsHeaders();
                case 1 -> attempt.sends("message");
                case 2 -> attempt.listener.onReady();
                case 3, 4 -> undelivered(attempt);
                default -> {
                    Status.Code code =
                            random.nextBoolean() ? Status.Code.UNAVAILABLE : CODES[random.nextInt(CODES.length)];
                    Metadata trailers = new Metadata();
                    attempt.ends(
                            attempt.cancelled == null ? code.toStatus() : Status.CANCELLED,
                            random.nextBoolean() ? trailers : Unprocessed.mark(trailers, "random"));
                }
            }
        }

        private void undelivered(FakeCall attempt) {
            if (attempt.cancelled != null) {
                attempt.ends(Status.CANCELLED);
            } else if (random.nextBoolean()) {
                attempt.isRefused();
            } else {
                attempt.isNotSent();
            }
        }

        /** What gRPC and time do sooner or later. */
        private void finish() {
            while (started && step < 4) {
                speak();
            }
            for (int i = 0; i < 20; i++) {
                fixture.runQueued();
                fixture.channel.calls.stream()
                        .filter(attempt -> attempt.started && !attempt.closed)
                        .forEach(attempt ->
                                attempt.ends(attempt.cancelled == null ? Status.UNAVAILABLE : Status.CANCELLED));
                fixture.time.advance(Duration.ofSeconds(1));
            }
        }

        private void check() {
            assertThat(caller.heard).noneMatch(heard -> heard.startsWith("LATE") || heard.startsWith("CONC"));
            if (!threw) {
                assertThat(caller.ends).hasSize(started ? 1 : 0);
            }
            assertThat(caller.heard.stream().filter("headers"::equals).count()).isLessThanOrEqualTo(1);
            assertThat(caller.heard.indexOf("headers")).isLessThanOrEqualTo(0);
            assertThat(fixture.breaker.settled()).as("permissions settled").isEqualTo(fixture.breaker.acquired.get());
            assertThat(fixture.breaker.acquired).hasValue(started || threw ? 1 : 0);
            assertThat(fixture.time.timers()).as("timers").isZero();
            assertThat(fixture.executor).isEmpty();
            assertThat(fixture.events.stream()
                            .filter(event -> event.startsWith("call"))
                            .count())
                    .isEqualTo(caller.ends.size());
            boolean mayRepeat = fixture.policy.mode(method) != CallMode.FAILFAST
                    && (method.getType() == MethodType.SERVER_STREAMING || method.isIdempotent());
            List<FakeCall> attempts = fixture.channel.calls;
            for (FakeCall attempt : attempts) {
                assertThat(attempt.released).as("attempt closed").hasValue(attempt.started ? 1 : 0);
                assertThat(attempt.messages.size()).isLessThanOrEqualTo(1);
                assertThat(attempt.requested).isLessThanOrEqualTo(requested);
                boolean last = attempt == attempts.get(attempts.size() - 1);
                boolean unprocessed = attempt.unprocessed && fixture.policy.mode(method) != CallMode.FAILFAST;
                assertThat(last || mayRepeat || unprocessed || attempt.undelivered)
                        .as("repeated")
                        .isTrue();
            }
        }
    }

    /** The same with real threads, for what only they can do: ends, cancels and backoffs at the very same moment. */
    @Test
    void holdsWithThreadsThatRace() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
        try {
            for (int i = 0; i < 4_000; i++) {
                race(threads, scheduler);
            }
        } finally {
            threads.shutdownNow();
            scheduler.shutdownNow();
        }
    }

    private static void race(ExecutorService threads, ScheduledExecutorService scheduler) throws Exception {
        CallFixture fixture = new CallFixture();
        Retry retry = Retry.of(
                "orders",
                RetryConfig.custom()
                        .maxAttempts(3)
                        .intervalFunction(
                                attempt -> (long) ThreadLocalRandom.current().nextInt(2))
                        .build());
        CompletableFuture<Status> end = new CompletableFuture<>();
        CallerLog caller = new CallerLog() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                super.onClose(status, trailers);
                end.complete(status);
            }
        };
        List<Future<?>> callbacks = Collections.synchronizedList(new ArrayList<>());
        fixture.channel.onStart = attempt -> callbacks.add(threads.submit(() -> {
            switch (ThreadLocalRandom.current().nextInt(5)) {
                case 0 -> attempt.sends("one");
                case 1 -> attempt.isNotSent();
                case 2 -> attempt.isRefused();
                default -> {}
            }
            if (!attempt.closed) {
                attempt.ends(Status.UNAVAILABLE);
            }
        }));
        CallStages stages = CallStages.of(
                "orders",
                CallPolicy.DEFAULTS,
                new Safeguards(fixture.breaker.breaker(), retry, Fallbacks.NONE),
                new CallRuntime(scheduler, threads),
                List.of());
        ClientCall<String, String> call = ClientInterceptors.interceptForward(fixture.channel, stages.interceptors())
                .newCall(ThreadLocalRandom.current().nextBoolean() ? LIST : CHAT, CallOptions.DEFAULT);
        Future<?> canceller = ThreadLocalRandom.current().nextBoolean()
                ? threads.submit(() -> call.cancel("race", null))
                : CompletableFuture.completedFuture(null);
        try {
            CallFixture.say(call, caller);
        } catch (IllegalStateException expected) {
            // The fake, like gRPC, refuses words that follow a cancel; who cancels from another thread has to expect
            // it.
            assertThat(expected).hasMessageContaining("was cancelled");
        }
        end.get(10, TimeUnit.SECONDS);
        canceller.get(10, TimeUnit.SECONDS);
        for (Future<?> callback : List.copyOf(callbacks)) {
            callback.get(10, TimeUnit.SECONDS);
        }
        assertThat(caller.ends).hasSize(1);
        assertThat(caller.heard).noneMatch(heard -> heard.startsWith("LATE") || heard.startsWith("CONC"));
        assertThat(fixture.breaker.settled()).isOne();
        for (FakeCall attempt : fixture.channel.calls) {
            assertThat(attempt.released).hasValue(1);
        }
    }
}
