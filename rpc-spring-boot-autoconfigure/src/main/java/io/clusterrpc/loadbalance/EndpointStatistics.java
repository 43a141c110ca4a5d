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

    static final Duration LATENCY_DECAY = Duration.ofSeconds(1);
    static final Duration FAILURE_DECAY = Duration.ofSeconds(5);

    private static final long WHOLE = 1_000_000;
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger awaited = new AtomicInteger();
    private final LongAdder picks = new LongAdder();
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final DecayingAverage latency = new DecayingAverage(LATENCY_DECAY);
    private final DecayingAverage failing = new DecayingAverage(FAILURE_DECAY);
    private volatile long heardAt;
    private volatile long touchedAt;
    private volatile long firstOpenedAt = NEVER;

    void opened(long nanoTime) {
        touchedAt = nanoTime;
        if (firstOpenedAt == NEVER) {
            firstOpenedAt = nanoTime;
        }
        inFlight.incrementAndGet();
        picks.increment();
    }

    /** A request is at the instance, its first response is awaited. */
    void asked(long nanoTime) {
        if (awaited.getAndIncrement() <= 0) {
            heardAt = nanoTime;
        }
    }

    /** The wait of an asked request is over: a response came, the call ended, or the client is not done with asking. */
    void heard(long nanoTime) {
        awaited.decrementAndGet();
        heardAt = nanoTime;
        touchedAt = nanoTime;
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
                failing.add(nanoTime, 0);
                if (silentNanos > 0) {
                    latency.add(nanoTime, silentNanos);
                }
            }
            case FAILED -> {
                failures.increment();
                failing.add(nanoTime, WHOLE);
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

    /** How long nothing was heard although something is awaited; the oldest request that waits is at least that old. */
    long waitingNanos(long nanoTime) {
        return awaited.get() <= 0 ? 0 : Math.max(0, nanoTime - heardAt);
    }

    /** How long no call left and nothing was heard. */
    long quietNanos(long nanoTime) {
        return Math.max(0, nanoTime - touchedAt);
    }

    /** How long ago the first call left, 0 before. */
    long acquaintedNanos(long nanoTime) {
        long first = firstOpenedAt;
        return first == NEVER ? 0 : Math.max(0, nanoTime - first);
    }

    /** The share of failures among recent calls, 0 to 1; it fades while there are no calls. */
    double failureRate(long nanoTime) {
        return Math.min(1, (double) failing.faded(nanoTime) / WHOLE);
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
