/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.Status.Code;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened between this process and one instance, over all connections to it. Lock-free: written by transport threads,
 * read by picks.
 */
final class EndpointStatistics {

    static final Duration LATENCY_DECAY = Duration.ofSeconds(10);

    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder picks = new LongAdder();
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final DecayingAverage latency = new DecayingAverage(LATENCY_DECAY);

    void opened() {
        inFlight.incrementAndGet();
        picks.increment();
    }

    void released() {
        inFlight.decrementAndGet();
    }

    void responded(long nanoTime, long latencyNanos) {
        latency.add(nanoTime, latencyNanos);
    }

    /**
     * A stream ended.
     *
     * @param silentNanos how long it had waited for a response, 0 if there was one
     */
    void ended(Code code, boolean sent, long nanoTime, long silentNanos) {
        switch (Outcome.of(code, sent)) {
            case ANSWERED -> {
                successes.increment();
                if (silentNanos > 0) {
                    latency.add(nanoTime, silentNanos);
                }
            }
            case FAILED -> {
                failures.increment();
                if (silentNanos > 0 && code == Code.DEADLINE_EXCEEDED) {
                    latency.addAtLeast(nanoTime, silentNanos);
                }
            }
            case SILENT -> {}
        }
    }

    int inFlight() {
        return Math.max(0, inFlight.get());
    }

    long latencyNanos() {
        return latency.nanos();
    }

    long picks() {
        return picks.sum();
    }

    long successes() {
        return successes.sum();
    }

    long failures() {
        return failures.sum();
    }
}
