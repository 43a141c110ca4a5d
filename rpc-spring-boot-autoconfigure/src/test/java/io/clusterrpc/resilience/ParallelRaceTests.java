/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.CallListener;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several attempts at a time, with threads that end them, cancel the call and run timers at the very same moment. */
@Timeout(60)
class ParallelRaceTests {

    private static final int CALLS = 500;
    private static final List<ServiceInstance> MEMBERS =
            IntStream.rangeClosed(1, 4).mapToObj(FakeChannel::instance).toList();

    /** One party for each task that was accepted and is not over, and one for the test. */
    private final Phaser tasks = new Phaser(1);

    private final ExecutorService threads =
            new ThreadPoolExecutor(4, 4, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
                @Override
                public void execute(Runnable task) {
                    tasks.register();
                    super.execute(task);
                }

                @Override
                protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
                    tasks.arriveAndDeregister();
                }
            };
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(2) {
        @Override
        protected <V> RunnableScheduledFuture<V> decorateTask(Runnable task, RunnableScheduledFuture<V> scheduled) {
            tasks.register();
            return scheduled;
        }

        @Override
        protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
            tasks.arriveAndDeregister();
        }

        /** Called for those that are cancelled. */
        @Override
        public boolean remove(Runnable task) {
            boolean removed = super.remove(task);
            if (removed) {
                tasks.arriveAndDeregister();
            }
            return removed;
        }
    };

    ParallelRaceTests() {
        scheduler.setRemoveOnCancelPolicy(true);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        scheduler.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource(names = {"HEDGED", "BROADCAST", "QUORUM"})
    void everyCallEndsOnceAndHoldsNothing(CallMode mode) throws Exception {
        int answered = 0;
        for (int i = 0; i < CALLS; i++) {
            answered += race(mode).isOk() ? 1 : 0;
        }
        assertThat(answered).as("worth something").isBetween(CALLS / 20, CALLS - CALLS / 20);
    }

    private Status race(CallMode mode) throws Exception {
        CallFixture fixture = new CallFixture();
        List<Future<?>> work = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger told = new AtomicInteger();
        CallListener counting = new CallListener() {
            @Override
            public void attemptEnded(
                    String reference,
                    MethodDescriptor<?, ?> method,
                    @Nullable ServiceInstance instance,
                    int attempt,
                    Status.Code code,
                    long nanos) {
                told.incrementAndGet();
            }

            @Override
            public void undelivered(
                    String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance instance) {
                told.incrementAndGet();
            }
        };
        CompletableFuture<Status> end = new CompletableFuture<>();
        CallerLog caller = new CallerLog() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                super.onClose(status, trailers);
                end.complete(status);
            }
        };
        fixture.channel.onHalfClose = attempt -> work.add(
                ThreadLocalRandom.current().nextInt(10) == 0
                        ? scheduler.schedule(() -> attempt.ends(Status.DEADLINE_EXCEEDED), 1, TimeUnit.MILLISECONDS)
                        : threads.submit(() -> end(attempt)));
        CallStages stages = CallStages.of(
                "orders",
                CallPolicy.DEFAULTS
                        .withMode(
                                mode,
                                Duration.ofNanos(1 + ThreadLocalRandom.current().nextInt(100_000)))
                        .withRetryBudget(new RetryBudgetPolicy(0, 100)),
                new Safeguards(fixture.breaker.breaker(), fixture.retry, Fallbacks.NONE)
                        .withFanOut(new FanOutParts(method -> MEMBERS, method -> results -> "merged")),
                new CallRuntime(scheduler, threads),
                List.of(counting));
        ClientCall<String, String> call = ClientInterceptors.interceptForward(fixture.channel, stages.interceptors())
                .newCall(SAFE, CallOptions.DEFAULT);
        CallFixture.say(call, caller);
        if (ThreadLocalRandom.current().nextInt(4) == 0) {
            work.add(threads.submit(() -> call.cancel("race", null)));
        }
        Status status = end.get(20, TimeUnit.SECONDS);
        // An attempt that began while the call was closed is cancelled by the thread that began it
        tasks.awaitAdvanceInterruptibly(tasks.arrive(), 20, TimeUnit.SECONDS);
        for (int i = 0; i < work.size(); i++) {
            work.get(i).get(20, TimeUnit.SECONDS);
        }
        assertThat(caller.ends).hasSize(1);
        assertThat(caller.heard).noneMatch(heard -> heard.startsWith("LATE") || heard.startsWith("CONC"));
        assertThat(fixture.breaker.settled()).isOne();
        for (FakeCall attempt : fixture.channel.calls) {
            assertThat(attempt.released).as("released").hasValue(1);
        }
        assertThat(told).as("attempts told of").hasValue(fixture.channel.calls.size());
        return status;
    }

    private static void end(FakeCall attempt) {
        switch (ThreadLocalRandom.current().nextInt(9)) {
            case 0, 1 -> attempt.isNotSent();
            case 2 -> attempt.isRefused();
            case 3 -> attempt.ends(Status.RESOURCE_EXHAUSTED, Unprocessed.mark(new Metadata(), "busy"));
            case 4, 5, 6, 7 -> attempt.answers("hi");
            default -> attempt.ends(Status.UNAVAILABLE);
        }
    }
}
