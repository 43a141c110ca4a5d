/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.discovery.backend.OwnerThread;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The threads of the backend, with the clock and the dice that their tasks use: one that owns all state, and a few that wait for
 * the cluster's answers. Daemons, started by their first task; they end after ten idle seconds or when closed. What is handed in after
 * that is dropped.
 */
final class Threads implements Executor {

    /** So many questions are asked at a time, however many services are watched. */
    private static final int ASKING = 4;

    /** Owns all state. */
    final OwnerThread owner;

    private final ThreadPoolExecutor asking;

    Threads(LongSupplier nanoTime, DoubleSupplier dice) {
        this.owner = new OwnerThread("rpc-kubernetes", nanoTime, dice);
        AtomicInteger count = new AtomicInteger();
        this.asking = new ThreadPoolExecutor(
                ASKING,
                ASKING,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "rpc-kubernetes-" + count.incrementAndGet()));
        asking.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Runs a task on the thread that owns all state. */
    @Override
    public void execute(Runnable task) {
        owner.execute(task);
    }

    /** Runs a task that may take long. */
    void ask(Runnable task) {
        try {
            asking.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error ex) {
                    // Logged there.
                    owner.execute(() -> {
                        throw ex;
                    });
                }
            });
        } catch (RejectedExecutionException ignored) {
            // Closed: nobody waits for it any more.
        }
    }

    void after(Duration delay, Runnable task) {
        owner.after(delay, task);
    }

    long nanoTime() {
        return owner.nanoTime();
    }

    /** A random part of a duration between the two factors. */
    Duration between(Duration duration, double from, double to) {
        return owner.between(duration, from, to);
    }

    void close() {
        asking.shutdownNow();
        owner.close();
    }
}
