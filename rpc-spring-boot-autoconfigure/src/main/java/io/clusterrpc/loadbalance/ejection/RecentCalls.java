/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How an instance served its recent calls: a histogram of latencies (two buckets an octave, 131 us to 68 s), the number of failures,
 * and how many of them came last in a row. Older calls count less each time {@link #halve} is called. Written by transport
 * threads without locks or allocation, read and aged by the {@link Ejector}.
 */
final class RecentCalls {

    private static final int LEAST_EXPONENT = 17;
    private static final int BUCKETS = 40;

    private final AtomicIntegerArray answers = new AtomicIntegerArray(BUCKETS);
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger failuresInARow = new AtomicInteger();

    void answered(long latencyNanos) {
        answers.getAndIncrement(bucket(latencyNanos));
        if (failuresInARow.get() != 0) {
            failuresInARow.set(0);
        }
    }

    /** Returns how many in a row that makes. */
    int failed() {
        failures.getAndIncrement();
        return failuresInARow.incrementAndGet();
    }

    int failuresInARow() {
        return failuresInARow.get();
    }

    int failures() {
        return failures.get();
    }

    int answers() {
        int sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += answers.get(i);
        }
        return sum;
    }

    /** Below which latency a part of the answers came, as the upper end of a bucket; 0 if there were none. */
    long latencyNanos(double quantile) {
        int rank = (int) Math.ceil(answers() * quantile);
        int seen = 0;
        for (int i = 0; i < BUCKETS && rank > 0; i++) {
            seen += answers.get(i);
            if (seen >= rank) {
                return upperEnd(i);
            }
        }
        return 0;
    }

    /** Lets every call count half of what it did. */
    void halve() {
        for (int i = 0; i < BUCKETS; i++) {
            int count = answers.get(i);
            if (count > 0) {
                answers.getAndAdd(i, -(count + 1) / 2);
            }
        }
        int failed = failures.get();
        failures.getAndAdd(-(failed + 1) / 2);
    }

    /** Forgets the recent calls, and pretends that so many failures came last. */
    void restart(int failuresInARow) {
        for (int i = 0; i < BUCKETS; i++) {
            answers.set(i, 0);
        }
        failures.set(0);
        this.failuresInARow.set(failuresInARow);
    }

    private static int bucket(long nanos) {
        if (nanos < 1L << LEAST_EXPONENT) {
            return 0;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        int half = (int) (nanos >> exponent - 1) & 1;
        return Math.min(BUCKETS - 1, (exponent - LEAST_EXPONENT) * 2 + half);
    }

    private static long upperEnd(int bucket) {
        long octave = 1L << LEAST_EXPONENT + bucket / 2;
        return bucket % 2 == 0 ? octave + octave / 2 : 2 * octave;
    }
}
