/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How long changes of one kind took to show. Not thread-safe. */
final class Lags {

    private record Lag(long at, double millis) {}

    private final List<Sample> stalls;
    private final List<Lag> lags = new ArrayList<>();

    /** @param stalls when the consumer's process stood still */
    Lags(List<Sample> stalls) {
        this.stalls = stalls;
    }

    /** A change at that time, in microseconds, that took so long; NaN if it never showed. */
    void add(long at, double millis) {
        lags.add(new Lag(at, millis));
    }

    int count() {
        return lags.size();
    }

    /** Adds median and 99th percentile, both with that bar. */
    void judge(Verdict verdict, String what, double bar, String remark) {
        verdict.atMost(what + "-median-ms", percentile(0.5).millis, bar, remark);
        verdict.atMost(what + "-p99-ms", percentile(0.99).millis, bar, slowest());
    }

    /** Adds them without a bar. */
    void show(Verdict verdict, String what, String remark) {
        verdict.measured(what + "-median-ms", percentile(0.5).millis, remark);
        verdict.measured(what + "-p99-ms", percentile(0.99).millis, slowest());
    }

    private Lag percentile(double share) {
        if (lags.isEmpty() || lags.stream().anyMatch(lag -> Double.isNaN(lag.millis))) {
            return new Lag(0, Double.NaN);
        }
        List<Lag> sorted =
                lags.stream().sorted(Comparator.comparingDouble(Lag::millis)).toList();
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * share) - 1));
    }

    private String slowest() {
        Lag slowest = percentile(0.99);
        double end = slowest.at + slowest.millis * 1000;
        long longest = stalls.stream()
                .filter(stall ->
                        stall.number("micros") < end && stall.number("micros") + stall.number("lasted") > slowest.at)
                .mapToLong(stall -> stall.number("lasted"))
                .max()
                .orElse(0);
        return "of " + lags.size()
                + (longest == 0 ? "" : "; meanwhile the process stood still for " + longest / 1000 + " ms");
    }
}
