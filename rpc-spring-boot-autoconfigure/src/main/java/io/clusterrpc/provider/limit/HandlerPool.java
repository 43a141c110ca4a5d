/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * A bounded number of threads, made as they are needed, and what waits for them. It never rejects anything: gRPC would leave the
 * call open, or end the connection. Idle threads end after a minute. Thread-safe.
 */
final class HandlerPool implements Executor, AutoCloseable {

    private final LongSupplier nanoTime;
    private final AtomicInteger waiting = new AtomicInteger();
    private final HandOver queue = new HandOver();
    private final ThreadPoolExecutor pool;

    HandlerPool(int threads, ThreadFactory factory, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.pool =
                new ThreadPoolExecutor(0, threads, 60, TimeUnit.SECONDS, queue, factory, (task, full) -> await(task));
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Every thread is busy, and there may be no more. After {@link #close}, what is left of calls still gets its turn. */
    private void await(Runnable task) {
        if (pool.isShutdown()) {
            task.run();
            return;
        }
        waiting.incrementAndGet();
        queue.put(new Waiting(task, nanoTime.getAsLong()));
    }

    /** How many tasks wait for a thread. */
    int waiting() {
        return waiting.get();
    }

    /** How many threads are busy. */
    int busy() {
        return pool.getActiveCount();
    }

    /** For how long the task that is next has waited; 0 if none waits. */
    long longestWaitNanos() {
        if (waiting.get() == 0) {
            return 0;
        }
        return queue.peek() instanceof Waiting first ? Math.max(0, nanoTime.getAsLong() - first.sinceNanos) : 0;
    }

    @Override
    public void close() {
        pool.shutdown();
    }

    /** Takes a task only if a thread is idle, so that a busy pool makes a new thread rather than a queue. */
    private static final class HandOver extends LinkedTransferQueue<Runnable> {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }
    }

    private final class Waiting implements Runnable {

        private final Runnable task;
        private final long sinceNanos;

        Waiting(Runnable task, long sinceNanos) {
            this.task = task;
            this.sinceNanos = sinceNanos;
        }

        @Override
        public void run() {
            waiting.decrementAndGet();
            task.run();
        }
    }
}
