/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of the backend, with the clock and the dice that their tasks use: one that owns all state, and a few that wait for
 * the cluster's answers. Daemons, started by their first task; they end after ten idle seconds or when closed. What is handed in after
 * that is dropped.
 */
final class Threads implements Executor {

    private static final Logger logger = LoggerFactory.getLogger(Threads.class);

    /** So many questions are asked at a time, however many services are watched. */
    private static final int ASKING = 4;

    private final ScheduledThreadPoolExecutor owner;
    private final ThreadPoolExecutor asking;
    private final LongSupplier nanoTime;
    private final DoubleSupplier dice;

    Threads(LongSupplier nanoTime, DoubleSupplier dice) {
        this.nanoTime = nanoTime;
        this.dice = dice;
        this.owner = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "rpc-kubernetes"));
        owner.setRemoveOnCancelPolicy(true);
        owner.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        AtomicInteger count = new AtomicInteger();
        this.asking = new ThreadPoolExecutor(
                ASKING,
                ASKING,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "rpc-kubernetes-" + count.incrementAndGet()));
        for (ThreadPoolExecutor each : new ThreadPoolExecutor[] {owner, asking}) {
            each.setKeepAliveTime(10, TimeUnit.SECONDS);
            each.allowCoreThreadTimeOut(true);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Runs a task on the thread that owns all state. */
    @Override
    public void execute(Runnable task) {
        execute(owner, task);
    }

    /** Runs a task that may take long. */
    void ask(Runnable task) {
        execute(asking, task);
    }

    private static void execute(Executor executor, Runnable task) {
        try {
            executor.execute(guarded(task));
        } catch (RejectedExecutionException ignored) {
            // Closed: nobody waits for it any more.
        }
    }

    void after(Duration delay, Runnable task) {
        try {
            owner.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ignored) {
            // Closed.
        }
    }

    /** The executor would keep what a task throws to itself. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error ex) {
                logger.error("Talking to Kubernetes failed in an unexpected way", ex);
            }
        };
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** A random part of a duration between the two factors. */
    Duration between(Duration duration, double from, double to) {
        return Duration.ofNanos((long) (duration.toNanos() * (from + (to - from) * dice.getAsDouble())));
    }

    void close() {
        asking.shutdownNow();
        owner.shutdownNow();
    }
}
