/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A clock that stands still until it is told otherwise, and the timers that run by it. For one thread. */
final class FakeTime extends Deadline.Ticker {

    private final List<Task> tasks = new ArrayList<>();
    private long nanos = 1_000_000_000_000L;
    boolean rejecting;
    /** Whether timers that are cancelled go off all the same, as those do that are just going off. */
    boolean deafToCancel;

    @Override
    public long nanoTime() {
        return nanos;
    }

    /** Moves the clock and runs what became due, in order. */
    void advance(Duration by) {
        long until = nanos + by.toNanos();
        while (true) {
            Task due = tasks.stream()
                    .filter(task -> task.due <= until)
                    .min(Comparator.comparingLong(task -> task.due))
                    .orElse(null);
            if (due == null) {
                break;
            }
            nanos = Math.max(nanos, due.due);
            tasks.remove(due);
            due.run();
        }
        nanos = until;
    }

    /** Moves the clock and runs nothing, as when the scheduler is late. */
    void advanceUnnoticed(Duration by) {
        nanos += by.toNanos();
    }

    /** How many timers are pending. */
    int timers() {
        return tasks.size();
    }

    /** When the next timer is due. */
    Duration nextTimer() {
        return Duration.ofNanos(tasks.stream().mapToLong(task -> task.due).min().orElseThrow() - nanos);
    }

    ScheduledExecutorService scheduler() {
        return new Scheduler();
    }

    private final class Task extends FutureTask<Object> implements RunnableScheduledFuture<Object> {

        private final long due;

        Task(Runnable runnable, long due) {
            super(runnable, null);
            this.due = due;
        }

        @Override
        public boolean cancel(boolean interrupt) {
            if (deafToCancel) {
                return false;
            }
            tasks.remove(this);
            return super.cancel(interrupt);
        }

        @Override
        protected void setException(Throwable t) {
            throw new AssertionError("a scheduled task threw", t);
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    private final class Scheduler extends AbstractExecutorService implements ScheduledExecutorService {

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            if (rejecting) {
                throw new RejectedExecutionException("shut down");
            }
            Task task = new Task(command, nanos + unit.toNanos(delay));
            tasks.add(task);
            return task;
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initial, long period, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void execute(Runnable command) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void shutdown() {
            rejecting = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            rejecting = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return rejecting;
        }

        @Override
        public boolean isTerminated() {
            return rejecting;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return rejecting;
        }
    }
}
