/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of the backend, with the clock and the dice that its tasks use: one owns all state and tells the listeners, at most four ask
 * the registries, whose clients block, and one more registers, in order. All are daemons, started by the first task, and end after ten
 * idle seconds or when closed. What is handed in after that is dropped.
 */
final class PollThreads implements Executor {

    private static final Logger logger = LoggerFactory.getLogger(PollThreads.class);
    private static final int MOST_QUESTIONS = 4;

    private final ScheduledThreadPoolExecutor owner;
    private final ThreadPoolExecutor questions = pool("rpc-spring-cloud-ask", MOST_QUESTIONS);
    private final ThreadPoolExecutor registrations = pool("rpc-spring-cloud-register", 1);
    private final LongSupplier nanoTime;
    private final DoubleSupplier dice;
    private volatile @Nullable Thread thread;

    PollThreads(LongSupplier nanoTime, DoubleSupplier dice) {
        this.nanoTime = nanoTime;
        this.dice = dice;
        this.owner = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = daemon("rpc-spring-cloud", task);
            thread = created;
            return created;
        });
        owner.setRemoveOnCancelPolicy(true);
        owner.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        owner.setKeepAliveTime(10, TimeUnit.SECONDS);
        owner.allowCoreThreadTimeOut(true);
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
        try {
            owner.execute(guarded(task));
        } catch (RejectedExecutionException ignored) {
            // Closed: nobody waits for it any more.
        }
    }

    Future<?> after(Duration delay, Runnable task) {
        try {
            return owner.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ex) {
            CompletableFuture<Void> never = new CompletableFuture<>();
            never.cancel(false);
            return never;
        }
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

    /** The executor would keep what a task throws to itself. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error ex) {
                logger.error("Following Spring Cloud's registries failed in an unexpected way", ex);
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
        owner.shutdownNow();
        questions.shutdownNow();
        registrations.shutdownNow();
    }
}
