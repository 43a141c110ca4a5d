/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one instance reported of its load, and the weight that follows: its throughput by how busy it is (gRFC A58). Written by
 * transport threads, lock-free.
 *
 * <p>A report makes a weight only if it says both. A utilisation below 10 % makes none: there the JVM's own housekeeping (its
 * compiler after a start, collections) outweighs the work, and the weight would merely follow the share of the calls that the instance
 * happens to get.
 */
final class ReportedLoad {

    static final double LEAST_UTILIZATION = 0.1;

    private final AtomicReference<@Nullable Usable> usable = new AtomicReference<>();
    private volatile @Nullable LoadReport latest;

    void receive(LoadReport report, long nanoTime) {
        latest = report;
        if (report.qps() > 0 && report.utilization() > 0) {
            usable.updateAndGet(last -> new Usable(report, nanoTime, last == null ? nanoTime : last.since));
        }
    }

    /** The connection is a new one: its first reports say little again. */
    void restart() {
        usable.set(null);
    }

    /** Returns calls a second at full utilisation; 0 while nothing is known, or not for long enough, or not any more. */
    double weight(ReportedLoadPolicy policy, long nanoTime) {
        Usable last = usable.get();
        if (last == null) {
            return 0;
        }
        if (nanoTime - last.at >= policy.expiration().toNanos()) {
            usable.compareAndSet(last, null);
            return 0;
        }
        if (nanoTime - last.since < policy.blackout().toNanos()) {
            return 0;
        }
        LoadReport report = last.report;
        if (report.utilization() < LEAST_UTILIZATION) {
            return 0; // and so it gets calls like the others again, whatever it reported before
        }
        return report.qps() / (report.utilization() + report.eps() / report.qps() * policy.errorPenalty());
    }

    /** The last report that made sense, for people. */
    @Nullable
    LoadReport latest() {
        return latest;
    }

    /**
     * A report that makes a weight.
     *
     * @param at when it arrived
     * @param since when the first of an unbroken series arrived
     */
    private record Usable(LoadReport report, long at, long since) {}
}
