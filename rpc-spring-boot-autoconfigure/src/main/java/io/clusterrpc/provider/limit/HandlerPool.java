/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of threads, made as they are needed, and what waits for them. It never rejects anything: gRPC would leave the
 * call open, or end the connection. Idle threads end after a minute, and the one that became idle last works first, which saves
 * waking one up. Thread-safe.
 */
final class HandlerPool implements Executor, AutoCloseable {

    private final int threads;
    private final LongSupplier nanoTime;
    private final ExecutorService pool;
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();

    private record Waiting(Runnable task, long sinceNanos) {}

    HandlerPool(int threads, ThreadFactory factory, LongSupplier nanoTime) {
        this.threads = threads;
        this.nanoTime = nanoTime;
        this.pool = Executors.newCachedThreadPool(factory);
    }

    @Override
    public void execute(Runnable task) {
        if (takeThread()) {
            start(task);
            return;
        }
        waiting.incrementAndGet();
        queue.add(new Waiting(task, nanoTime.getAsLong()));
        // Every thread may have become free since.
        startWaiting();
    }

    private boolean takeThread() {
        for (int now = busy.get(); now < threads; now = busy.get()) {
            if (busy.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    private void start(Runnable task) {
        if (pool.isShutdown()) {
            // What is left of calls still gets its turn.
            work(task);
        } else {
            pool.execute(() -> work(task));
        }
    }

    private void work(Runnable first) {
        try {
            for (Runnable task = first; task != null; task = next()) {
                task.run();
            }
        } finally {
            busy.decrementAndGet();
            // Somebody may have begun to wait since the queue was looked at.
            startWaiting();
        }
    }

    private void startWaiting() {
        while (!queue.isEmpty() && takeThread()) {
            Runnable task = next();
            if (task != null) {
                start(task);
            } else {
                busy.decrementAndGet();
            }
        }
    }

    private @Nullable Runnable next() {
        Waiting first = queue.poll();
        if (first == null) {
            return null;
        }
        waiting.decrementAndGet();
        return first.task;
    }

    /** Whether a task would begin at once, as things are now. */
    boolean hasFreeThread() {
        return waiting.get() == 0 && busy.get() < threads;
    }

    /** How many tasks wait for a thread. */
    int waiting() {
        return waiting.get();
    }

    /** How many threads are busy. */
    int busy() {
        return busy.get();
    }

    /** For how long the task that is next has waited; 0 if none waits. */
    long longestWaitNanos() {
        if (waiting.get() == 0) {
            return 0;
        }
        Waiting first = queue.peek();
        return first == null ? 0 : Math.max(0, nanoTime.getAsLong() - first.sinceNanos);
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
