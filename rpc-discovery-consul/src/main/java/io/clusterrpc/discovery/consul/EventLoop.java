/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns all state of the backend, with the clock and the dice that its tasks use. A daemon, started by the first
 * task; ends after ten idle seconds or when closed. What is handed in after that is dropped.
 */
final class EventLoop implements Executor {

    private static final Logger logger = LoggerFactory.getLogger(EventLoop.class);

    private final ScheduledThreadPoolExecutor executor;
    private final LongSupplier nanoTime;
    private final DoubleSupplier dice;
    private volatile @Nullable Thread thread;

    EventLoop(LongSupplier nanoTime, DoubleSupplier dice) {
        this.nanoTime = nanoTime;
        this.dice = dice;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "rpc-consul");
            created.setDaemon(true);
            thread = created;
            return created;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setKeepAliveTime(10, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(guarded(task));
        } catch (RejectedExecutionException ignored) {
            // Closed: nobody waits for it any more.
        }
    }

    Future<?> after(Duration delay, Runnable task) {
        try {
            return executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ex) {
            return new Never();
        }
    }

    /** The executor would keep what a task throws to itself. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error ex) {
                logger.error("Talking to Consul failed in an unexpected way", ex);
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

    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    void close() {
        executor.shutdownNow();
    }

    /** A task that was dropped. */
    private static final class Never implements Future<Void> {

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return false;
        }

        @Override
        public boolean isCancelled() {
            return true;
        }

        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public Void get() {
            throw new CancellationException();
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            throw new CancellationException();
        }
    }
}
