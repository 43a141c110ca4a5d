/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.backend;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
 * The one thread that owns all state of a backend, with the clock and the dice that its tasks use. A daemon, started by the first
 * task; ends after ten idle seconds or when closed. What is handed in after that is dropped, and what a task throws is logged. Thread-safe.
 */
public final class OwnerThread implements Executor, AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(OwnerThread.class);

    private final String name;
    private final ScheduledThreadPoolExecutor executor;
    private final LongSupplier nanoTime;
    private final DoubleSupplier dice;
    private volatile @Nullable Thread thread;

    /**
     * Starts nothing yet.
     *
     * @param name of the thread
     * @param nanoTime a monotonic clock
     * @param dice numbers from 0 to 1
     */
    public OwnerThread(String name, LongSupplier nanoTime, DoubleSupplier dice) {
        this.name = name;
        this.nanoTime = nanoTime;
        this.dice = dice;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, name);
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

    /**
     * Runs a task later.
     *
     * @param delay when
     * @param task what
     * @return cancels it; cancelled already if this is closed
     */
    public Future<?> after(Duration delay, Runnable task) {
        try {
            return executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ex) {
            CompletableFuture<Void> never = new CompletableFuture<>();
            never.cancel(false);
            return never;
        }
    }

    /** The executor would keep what a task throws to itself. */
    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error ex) {
                logger.error("Discovery failed in an unexpected way on {}", name, ex);
            }
        };
    }

    /**
     * The clock.
     *
     * @return nanoseconds since any point in time
     */
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    /**
     * A random part of a duration, so that many processes do not do the same at the same time.
     *
     * @param duration the whole
     * @param from the least factor
     * @param to the largest
     * @return a duration between the two
     */
    public Duration between(Duration duration, double from, double to) {
        return Duration.ofNanos((long) (duration.toNanos() * (from + (to - from) * dice.getAsDouble())));
    }

    /**
     * Whether the caller is a task of this thread, which must not wait for another.
     *
     * @return {@code true} only there
     */
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
