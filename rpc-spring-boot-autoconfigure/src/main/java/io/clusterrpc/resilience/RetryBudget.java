/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.Deadline;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps the further attempts of a reference below a share of its calls, so that an outage is not answered by a multiple of the load.
 * Both are counted over the last two seconds (ten slots of 200 ms, and the one under way): long enough for the calls of one
 * instance of three that freezes and is found out within a second, and for what an instance that dies had in flight. Nothing is saved in quiet times, unlike in a
 * bucket of tokens (Finagle's and gRFC A6's): what a burst may cost depends on the calls around it only.
 *
 * <p>Thread-safe. A call costs an increment of an adder; a lock is taken five times a second, and for each further attempt.
 */
final class RetryBudget {

    private static final int SLOTS = 11;
    private static final long SLOT_NANOS = 200_000_000;

    private final double share;
    private final long least;
    private final Deadline.Ticker clock;
    private final LongAdder calls = new LongAdder();
    private volatile long slotEndsNanos;

    // Guarded by this; by slot, the current one and those before it in a ring
    private final long[] callsBefore = new long[SLOTS];
    private final long[] retries = new long[SLOTS];
    private int slot;
    private long recentRetries;
    private long refused;

    RetryBudget(RetryBudgetPolicy policy, Deadline.Ticker clock) {
        this.share = policy.percent() / 100;
        this.least = 2L * policy.minPerSecond();
        this.clock = clock;
        this.slotEndsNanos = clock.nanoTime() + SLOT_NANOS;
    }

    /**
     * Counts a call.
     *
     * @param nowNanos the time by the clock of the budget, which the call has read anyway
     */
    void called(long nowNanos) {
        if (nowNanos - slotEndsNanos >= 0) {
            turn(nowNanos);
        }
        calls.increment();
    }

    /**
     * Takes one further attempt out of the budget.
     *
     * @return {@code false} if it is spent
     */
    synchronized boolean tryRetry() {
        turn(clock.nanoTime());
        if (recentRetries >= allowed()) {
            refused++;
            return false;
        }
        recentRetries++;
        retries[slot]++;
        return true;
    }

    /** Puts back what was taken for an attempt that will not be made. */
    synchronized void giveBack() {
        if (retries[slot] > 0) {
            recentRetries--;
            retries[slot]--;
        }
    }

    synchronized RetryBudgetState state() {
        turn(clock.nanoTime());
        return new RetryBudgetState(recentCalls(), recentRetries, allowed(), refused);
    }

    private long allowed() {
        return Math.max(least, (long) (share * recentCalls()));
    }

    private long recentCalls() {
        return calls.sum() - callsBefore[(slot + 1) % SLOTS];
    }

    private synchronized void turn(long nowNanos) {
        long late = nowNanos - slotEndsNanos;
        if (late < 0) {
            return;
        }
        long turns = 1 + late / SLOT_NANOS;
        long total = calls.sum();
        for (long i = Math.min(turns, SLOTS); i > 0; i--) {
            slot = (slot + 1) % SLOTS;
            recentRetries -= retries[slot];
            retries[slot] = 0;
            callsBefore[slot] = total;
        }
        slotEndsNanos += turns * SLOT_NANOS;
    }
}
