/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Times what mostly does not happen: the deadline of each attempt, which is cancelled when the answer comes. A plain executor wakes
 * its thread up for every task that is the next one due, so that one call after the other would wake it up once each. While there are
 * calls, this one has something to do four times a second, sooner than what they schedule.
 */
public final class CallTimer extends ScheduledThreadPoolExecutor {

    private static final Duration PULSE = Duration.ofMillis(250);

    private final long pulseNanos;
    private final AtomicBoolean pulsing = new AtomicBoolean();
    private volatile boolean used;

    /**
     * Creates a timer with a single thread.
     *
     * @param threads makes it when it is first needed
     */
    public CallTimer(ThreadFactory threads) {
        this(threads, PULSE);
    }

    CallTimer(ThreadFactory threads, Duration pulse) {
        super(1, threads);
        this.pulseNanos = pulse.toNanos();
        setRemoveOnCancelPolicy(true);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        if (unit.toNanos(delay) > pulseNanos) {
            used = true;
            if (!pulsing.get() && pulsing.compareAndSet(false, true)) {
                beat();
            }
        }
        return super.schedule(task, delay, unit);
    }

    private void beat() {
        try {
            super.schedule(this::pulse, pulseNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            pulsing.set(false);
        }
    }

    private void pulse() {
        if (used) {
            used = false;
            beat();
        } else {
            pulsing.set(false);
        }
    }
}
