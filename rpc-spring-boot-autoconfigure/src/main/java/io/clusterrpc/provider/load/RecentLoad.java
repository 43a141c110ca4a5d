/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

import io.clusterrpc.loadbalance.LoadReport;
import io.clusterrpc.loadbalance.OrcaTrailer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What this application did lately, as it stands in a report: rates and averages of windows of a second, of which older ones count
 * less (1/e after three seconds). A single call adds to a counter. Once every 10 ms one of them also looks at how many calls are in
 * flight, and once a second makes a new report; nobody waits for it. There is no timer: who is not called has nothing to report.
 *
 * <p>How busy the application is says whichever it has less of: processors, or calls that its limit lets in. The standard has a
 * field for the processors; the other, where it is higher, is the application's own utilisation, which goes before.
 *
 * <p>Thread-safe.
 */
final class RecentLoad {

    private static final long SAMPLE_NANOS = 10_000_000;
    private static final long WINDOW_NANOS = 1_000_000_000;
    private static final double MEMORY_NANOS = 3e9;
    private static final double MOST_UTILIZED = 100;
    private static final int MOST_CALLS = 1_000_000_000;

    private static final int UNKNOWN = -1;

    private final LoadSource source;
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile long due;
    private volatile byte @Nullable [] report;

    // Owned by whoever set busy; what it writes is published by due and by busy.
    private long begun;
    private long answeredBefore;
    private long failedBefore;
    private long cpuBefore = UNKNOWN;
    private long inFlightSum;
    private int samples;
    private boolean known;
    private double qps;
    private double eps;
    private double cpu = UNKNOWN;
    private double inFlight;

    RecentLoad(LoadSource source, long now) {
        this.source = source;
        this.due = now;
        this.begun = now;
    }

    /**
     * A call was answered.
     *
     * @param counted whether the call is one of those that the source counts as in flight
     */
    void answered(boolean failure, boolean counted, long now) {
        answered.increment();
        if (failure) {
            failed.increment();
        }
        if (now - due >= 0 && busy.compareAndSet(false, true)) {
            try {
                sample(counted, now);
            } finally {
                busy.set(false);
            }
        }
    }

    /** Returns the last report, encoded; {@code null} before the first. */
    byte @Nullable [] report() {
        return report;
    }

    private void sample(boolean counted, long now) {
        // What a call leaves behind when it ends is what there is on average; with itself it would be one more.
        inFlightSum += Math.max(0, source.inFlight() - (counted ? 1 : 0));
        samples++;
        long elapsed = now - begun;
        if (elapsed >= WINDOW_NANOS) {
            evaluate(elapsed);
            begun = now;
            report = OrcaTrailer.encode(latest());
        }
        due = now + SAMPLE_NANOS;
    }

    private void evaluate(long elapsed) {
        double share = known ? 1 - Math.exp(-elapsed / MEMORY_NANOS) : 1;
        known = true;
        long answeredNow = answered.sum();
        long failedNow = failed.sum();
        qps += share * (perSecond(answeredNow - answeredBefore, elapsed) - qps);
        eps += share * (perSecond(failedNow - failedBefore, elapsed) - eps);
        answeredBefore = answeredNow;
        failedBefore = failedNow;
        inFlight += share * ((double) inFlightSum / samples - inFlight);
        inFlightSum = 0;
        samples = 0;
        long cpuNow = source.cpuNanos();
        if (cpuBefore >= 0 && cpuNow >= cpuBefore) {
            double used = (double) (cpuNow - cpuBefore) / elapsed / Math.max(1, source.processors());
            cpu = cpu == UNKNOWN ? used : cpu + share * (used - cpu);
        }
        cpuBefore = cpuNow;
    }

    private static double perSecond(long count, long elapsed) {
        return count * 1e9 / elapsed;
    }

    private LoadReport latest() {
        int limit = Math.max(0, Math.min(MOST_CALLS, source.limit()));
        double used = Math.max(0, Math.min(MOST_UTILIZED, cpu));
        double taken = limit == 0 ? 0 : Math.min(MOST_UTILIZED, inFlight / limit);
        return new LoadReport(
                used, 0, taken > used ? taken : 0, qps, Math.min(qps, eps), Math.min(MOST_CALLS, inFlight), limit);
    }
}
