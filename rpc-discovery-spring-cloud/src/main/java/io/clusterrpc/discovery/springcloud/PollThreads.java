/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.discovery.backend.OwnerThread;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the backend, with the clock and the dice that its tasks use: one owns all state and tells the listeners, at most four ask
 * the registries, whose clients block, and one more registers, in order. All are daemons, started by the first task, and end after ten
 * idle seconds or when closed. What is handed in after that is dropped.
 */
final class PollThreads implements Executor {

    private static final int MOST_QUESTIONS = 4;

    private final OwnerThread owner;
    private final ThreadPoolExecutor questions = pool("rpc-spring-cloud-ask", MOST_QUESTIONS);
    private final ThreadPoolExecutor registrations = pool("rpc-spring-cloud-register", 1);

    PollThreads(LongSupplier nanoTime, DoubleSupplier dice) {
        this.owner = new OwnerThread("rpc-spring-cloud", nanoTime, dice);
    }

    private static ThreadPoolExecutor pool(String name, int size) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size, size, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon(name, task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread daemon(String name, Runnable task) {
        Thread created = new Thread(task, name);
        created.setDaemon(true);
        return created;
    }

    @Override
    public void execute(Runnable task) {
        owner.execute(task);
    }

    Future<?> after(Duration delay, Runnable task) {
        return owner.after(delay, task);
    }

    /** Asks a registry on another thread; the answer or the failure arrives on the owner's. */
    <T> void ask(Callable<T> question, BiConsumer<@Nullable T, @Nullable Throwable> next) {
        run(questions, question, next);
    }

    /** Like {@link #ask}, one after the other. */
    <T> void inOrder(Callable<T> question, BiConsumer<@Nullable T, @Nullable Throwable> next) {
        run(registrations, question, next);
    }

    private <T> void run(
            ThreadPoolExecutor pool, Callable<T> question, BiConsumer<@Nullable T, @Nullable Throwable> next) {
        try {
            pool.execute(() -> {
                T answer = null;
                Throwable failure = null;
                try {
                    answer = question.call();
                } catch (Throwable ex) {
                    failure = ex;
                }
                T answered = answer;
                Throwable failed = failure;
                execute(() -> next.accept(answered, failed));
            });
        } catch (RejectedExecutionException ignored) {
            // Closed.
        }
    }

    long nanoTime() {
        return owner.nanoTime();
    }

    /** A random part of a duration between the two factors. */
    Duration between(Duration duration, double from, double to) {
        return owner.between(duration, from, to);
    }

    boolean isCurrentThread() {
        return owner.isCurrentThread();
    }

    void close() {
        owner.close();
        questions.shutdownNow();
        registrations.shutdownNow();
    }
}
