/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A clock that stands until it is told to go on, and a scheduler that follows it on the thread that tells. */
final class FakeTime extends AbstractExecutorService implements ScheduledExecutorService, InstantSource {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparingLong((Task task) -> task.due).thenComparingLong(task -> task.number));
    private long nanos = 1_000_000_000L;
    private long counter;
    private boolean shutdown;

    /** Whether tasks can be cancelled; a real one cannot once it runs. */
    boolean cancels = true;

    synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized Instant instant() {
        return START.plusNanos(nanos - 1_000_000_000L);
    }

    void advance(Duration time) {
        long until;
        synchronized (this) {
            until = nanos + time.toNanos();
        }
        for (Task task = next(until); task != null; task = next(until)) {
            task.work.run();
            task.complete(null);
        }
        synchronized (this) {
            nanos = until;
        }
    }

    private synchronized Task next(long until) {
        Task task = tasks.peek();
        if (task == null || task.due > until) {
            return null;
        }
        tasks.remove();
        nanos = Math.max(nanos, task.due);
        return task;
    }

    synchronized int pending() {
        return tasks.size();
    }

    @Override
    public synchronized ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Task task = new Task(command, nanos + unit.toNanos(delay), counter++);
        tasks.add(task);
        return task;
    }

    @Override
    public void execute(Runnable command) {
        schedule(command, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long first, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long first, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void shutdown() {
        shutdown = true;
        tasks.clear();
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return Collections.emptyList();
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }

    private final class Task extends CompletableFuture<Object> implements ScheduledFuture<Object> {

        private final Runnable work;
        private final long due;
        private final long number;

        Task(Runnable work, long due, long number) {
            this.work = work;
            this.due = due;
            this.number = number;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            synchronized (FakeTime.this) {
                if (!cancels) {
                    return false;
                }
                tasks.remove(this);
            }
            return super.cancel(mayInterruptIfRunning);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    /** For assertions about what was scheduled. */
    synchronized List<Duration> delays() {
        List<Duration> delays = new ArrayList<>();
        tasks.stream().sorted(tasks.comparator()).forEach(task -> delays.add(Duration.ofNanos(task.due - nanos)));
        return delays;
    }
}
