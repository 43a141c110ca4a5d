/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Finds the instances that do worse than their peers. Each is compared with the median of the others, not with the median or the
 * deviation of all: so it works with two or three instances, too. Where all do badly none is found, for the cause lies elsewhere
 * (a bug in all of them, a dependency that they share).
 *
 * @param <E> the instances
 */
final class PeerComparison<E extends Ejectable> {

    private static final double MUCH_WORSE = 2;

    private final EjectionPolicy policy;

    /** An instance to eject. */
    record Finding<E>(E instance, EjectionReason reason, String detail) {}

    PeerComparison(EjectionPolicy policy) {
        this.policy = policy;
    }

    /** Compares candidates that are not ejected. */
    List<Finding<E>> compare(List<E> candidates) {
        List<Finding<E>> findings = new ArrayList<>();
        int size = candidates.size();
        if (size < 2) {
            return findings;
        }
        int[] failures = new int[size];
        int[] calls = new int[size];
        double[] errorRates = new double[size];
        double[] latencies = new double[size];
        int flawless = 0;
        for (int i = 0; i < size; i++) {
            RecentCalls recent = candidates.get(i).ejection().calls;
            failures[i] = recent.failures();
            calls[i] = failures[i] + recent.answers();
            errorRates[i] = calls[i] == 0 ? Double.NaN : failures[i] / (double) calls[i];
            latencies[i] = calls[i] - failures[i] < policy.minCalls() ? Double.NaN : recent.latencyNanos(0.5);
            flawless += recent.failuresInARow() == 0 ? 1 : 0;
        }
        Others rates = new Others(errorRates);
        Others medians = new Others(latencies);
        for (int i = 0; i < size; i++) {
            E instance = candidates.get(i);
            int inARow = instance.ejection().calls.failuresInARow();
            double usualRate = rates.medianWithout(errorRates[i]);
            double usualLatency = medians.medianWithout(latencies[i]);
            if (policy.consecutiveFailures() > 0 && inARow >= policy.consecutiveFailures() && flawless > 0) {
                boolean again = failures[i] < inARow && instance.ejection().times > 0;
                String detail = again ? "failed again after its return" : inARow + " failures in a row";
                findings.add(new Finding<>(instance, EjectionReason.CONSECUTIVE_FAILURES, detail));
            } else if (policy.errorRate() > 0
                    && calls[i] >= policy.minCalls()
                    && errorRates[i] >= policy.errorRate()
                    && !(errorRates[i] < MUCH_WORSE * usualRate)) {
                findings.add(new Finding<>(
                        instance,
                        EjectionReason.ERROR_RATE,
                        String.format(
                                Locale.ROOT,
                                "%.0f %% of %d recent calls failed, of others %.0f %%",
                                100 * errorRates[i],
                                calls[i],
                                Double.isNaN(usualRate) ? 0 : 100 * usualRate)));
            } else if (policy.latencyFactor() > 0
                    && latencies[i] >= policy.latencyFactor() * usualLatency
                    && latencies[i] - usualLatency >= policy.latencyDifference().toNanos()) {
                findings.add(new Finding<>(
                        instance,
                        EjectionReason.LATENCY,
                        String.format(
                                Locale.ROOT,
                                "median latency %d ms, of others %d ms",
                                Ejector.millis((long) latencies[i]),
                                Ejector.millis((long) usualLatency))));
            }
        }
        return findings;
    }

    /** The known values of all, sorted; NaN is unknown. */
    private record Others(double[] sorted) {

        Others(double[] sorted) {
            double[] known =
                    Arrays.stream(sorted).filter(value -> !Double.isNaN(value)).toArray();
            Arrays.sort(known);
            this.sorted = known;
        }

        /** The median of all but one; NaN if no other is known. */
        double medianWithout(double own) {
            int at = Double.isNaN(own) ? sorted.length : Arrays.binarySearch(sorted, own);
            int left = sorted.length - (at < sorted.length ? 1 : 0);
            return left <= 0 ? Double.NaN : (value((left - 1) / 2, at) + value(left / 2, at)) / 2;
        }

        private double value(int index, int without) {
            return sorted[index < without ? index : index + 1];
        }
    }
}
