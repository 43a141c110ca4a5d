/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

/**
 * The 95th percentile of latencies, followed in constant memory: each one above the estimate raises it by 19 parts, each one below
 * lowers it by one, so that it rests where 1 of 20 is above (Ma, Muthukrishnan, Sandler, "Frugal Streaming for Estimating Quantiles",
 * 2013). Which side a latency is on is all it has to know, and so the call that a hedge cut short counts as well. Thread-safe.
 */
final class SeenLatency {

    private static final int ENOUGH = 20;
    private static final double STEP = 0.05;

    private double nanos;
    private int seen;

    synchronized void add(long latencyNanos) {
        if (seen == 0) {
            nanos = Math.max(1, latencyNanos);
        } else if (latencyNanos > nanos) {
            nanos *= 1 + STEP * 0.95;
        } else {
            nanos *= 1 - STEP * 0.05;
        }
        seen = Math.min(ENOUGH, seen + 1);
    }

    /** Counts a call of which only this is known: that it takes longer. */
    synchronized void addLongerThan(long latencyNanos) {
        if (seen > 0 && latencyNanos >= nanos) {
            add(Long.MAX_VALUE);
        }
    }

    /** The estimate, at least 1 ms; 0 while too little was seen. */
    synchronized long p95Nanos() {
        return seen < ENOUGH ? 0 : Math.max(1_000_000, (long) nanos);
    }
}
