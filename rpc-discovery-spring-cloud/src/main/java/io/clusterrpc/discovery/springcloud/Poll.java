/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Asks one question again and again: after the interval, of which a random fifth is left out, so that a fleet does not ask in step; soon
 * after a hint that something changed; and after a failure with growing pauses up to the interval. At most one question is under way.
 *
 * <p>{@link #poke} and {@link #close} are for any thread; everything else is the owner's.
 *
 * @param <T> the answer
 */
final class Poll<T> {

    /** Hints come in floods, one for each changed entry of a registry. */
    private static final Duration LEAST_GAP = Duration.ofMillis(100);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    /** What is done with an answer. */
    interface Reader<T> {

        /** Reads an answer, and says after how long the next question is due; what it throws is a failure. */
        Duration read(T answer);

        void failed(DiscoveryException problem);
    }

    private final PollThreads threads;
    private final String what;
    private final Callable<T> question;
    private final Duration interval;
    private final Duration timeout;
    private final Reader<T> reader;
    private @Nullable Future<?> timer;
    private @Nullable Future<?> patience;
    private boolean asking;
    private boolean hinted;
    private int failures;
    private long askedAt;
    private volatile boolean closed;

    Poll(PollThreads threads, String what, Callable<T> question, SpringCloudSettings settings, Reader<T> reader) {
        this.threads = threads;
        this.what = what;
        this.question = question;
        this.interval = settings.interval();
        this.timeout = settings.timeout();
        this.reader = reader;
    }

    Poll<T> start() {
        threads.execute(this::ask);
        return this;
    }

    /** Something may have changed. */
    void poke() {
        threads.execute(() -> {
            if (closed || hinted) {
                return;
            }
            hinted = true;
            if (!asking) {
                dueIn(LEAST_GAP.minusNanos(threads.nanoTime() - askedAt));
            }
        });
    }

    void close() {
        closed = true;
        threads.execute(() -> {
            cancel(timer);
            cancel(patience);
        });
    }

    boolean closed() {
        return closed;
    }

    private void dueIn(Duration pause) {
        cancel(timer);
        timer = threads.after(pause.isNegative() ? Duration.ZERO : pause, this::ask);
    }

    private void ask() {
        if (closed || asking) {
            return;
        }
        asking = true;
        hinted = false;
        askedAt = threads.nanoTime();
        patience = threads.after(timeout, () -> {
            if (asking && !closed) {
                reader.failed(new DiscoveryException(
                        "spring-cloud: no answer about " + what + " within " + timeout.toMillis()
                                + " ms; still waiting, see rpc.discovery.spring-cloud.timeout",
                        null));
            }
        });
        threads.ask(question, this::answered);
    }

    private void answered(@Nullable T answer, @Nullable Throwable failure) {
        asking = false;
        cancel(patience);
        if (closed) {
            return;
        }
        Duration pause;
        try {
            if (answer == null) {
                throw problem(failure);
            }
            pause = threads.between(reader.read(answer), 0.8, 1);
            failures = 0;
        } catch (DiscoveryException problem) {
            reader.failed(problem);
            Duration longer = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, 10));
            pause = threads.between(longer.compareTo(interval) < 0 ? longer : interval, 0.5, 1);
        }
        dueIn(hinted && failures == 0 ? LEAST_GAP : pause);
    }

    private DiscoveryException problem(@Nullable Throwable failure) {
        Throwable root = failure;
        while (root != null && root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return new DiscoveryException(
                "spring-cloud: asking about " + what + " failed: " + root
                        + "; check the registry and the settings of its Spring Cloud client",
                failure);
    }

    private static void cancel(@Nullable Future<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }
}
