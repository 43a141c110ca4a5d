/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandlerPoolTests {

    private static final int THREADS = 2;

    private final HandlerPool pool = new HandlerPool(
            THREADS,
            task -> {
                Thread thread = new Thread(task, "handler");
                thread.setDaemon(true);
                thread.setUncaughtExceptionHandler((failed, failure) -> {});
                return thread;
            },
            System::nanoTime);

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void runsEverythingOnceAndNeverOnMoreThreads() throws Exception {
        int tasks = 50_000;
        int callers = 3;
        CountDownLatch ran = new CountDownLatch(callers * tasks);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread caller = new Thread(() -> {
                for (int k = 0; k < tasks; k++) {
                    pool.execute(() -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        running.decrementAndGet();
                        ran.countDown();
                    });
                    if (k % 16 == 0) {
                        Thread.yield(); // so that the queue runs empty again and again
                    }
                }
            });
            all.add(caller);
            caller.start();
        }
        for (Thread caller : all) {
            caller.join();
        }
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, THREADS);
        Awaitility.await().until(() -> pool.busy() == 0);
        assertThat(pool.waiting()).isZero();
        assertThat(pool.longestWaitNanos()).isZero();
    }

    @Test
    void aTaskThatThrowsCostsNoThread() throws Exception {
        CountDownLatch ran = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            pool.execute(() -> {
                ran.countDown();
                throw new IllegalStateException("a broken task");
            });
        }
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        Awaitility.await().until(() -> pool.busy() == 0);
    }

    @Test
    void whatComesAfterTheEndStillGetsItsTurn() {
        pool.close();
        AtomicInteger ran = new AtomicInteger();
        pool.execute(ran::incrementAndGet);
        assertThat(ran).hasValue(1);
    }
}
