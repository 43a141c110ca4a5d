/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import io.clusterrpc.benchmarks.Sample;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What a client took in percent of what another took in the same turn, over all turns that both had. Immutable. */
final class Pairs {

    private final double[] percents;
    private final double[] values;
    private final double[] references;

    private Pairs(double[] percents, double[] values, double[] references) {
        this.percents = percents;
        this.values = values;
        this.references = references;
        Arrays.sort(percents);
        Arrays.sort(values);
        Arrays.sort(references);
    }

    static Pairs of(
            Map<String, Map<String, Sample>> samples, String client, String reference, ToDoubleFunction<Sample> value) {
        Map<String, Sample> own = samples.getOrDefault(client, Map.of());
        Map<String, Sample> other = samples.getOrDefault(reference, Map.of());
        String[] both = own.keySet().stream().filter(other::containsKey).toArray(String[]::new);
        double[] values = new double[both.length];
        double[] references = new double[both.length];
        double[] percents = new double[both.length];
        for (int i = 0; i < both.length; i++) {
            values[i] = value.applyAsDouble(Objects.requireNonNull(own.get(both[i])));
            references[i] = value.applyAsDouble(Objects.requireNonNull(other.get(both[i])));
            percents[i] = 100 * values[i] / references[i];
        }
        return new Pairs(percents, values, references);
    }

    /** The median of the pairs of each launch, rounded, with blanks between. */
    static String byLaunch(
            Map<String, Map<String, Sample>> samples, String client, String reference, ToDoubleFunction<Sample> value) {
        Map<String, Map<String, Sample>> launches = new TreeMap<>();
        samples.getOrDefault(client, Map.of())
                .forEach((pair, sample) -> launches.computeIfAbsent(sample.text("launch"), launch -> new HashMap<>())
                        .put(pair, sample));
        StringBuilder medians = new StringBuilder();
        for (Map<String, Sample> own : launches.values()) {
            Map<String, Map<String, Sample>> part =
                    Map.of(client, own, reference, samples.getOrDefault(reference, Map.of()));
            medians.append(medians.isEmpty() ? "" : " ")
                    .append(Math.round(of(part, client, reference, value).medianPercent()));
        }
        return medians.toString();
    }

    int count() {
        return percents.length;
    }

    double medianPercent() {
        return median(percents);
    }

    double median() {
        return median(values);
    }

    double referenceMedian() {
        return median(references);
    }

    /** Lower end of the interval that holds the true median with at least 95 % (order statistics of the binomial distribution). */
    double low() {
        return count() == 0 ? Double.NaN : percents[rank()];
    }

    /** Upper end of that interval. */
    double high() {
        return count() == 0 ? Double.NaN : percents[count() - 1 - rank()];
    }

    /** How many of the lowest and of the highest pairs the interval leaves out. */
    private int rank() {
        double chance = Math.pow(0.5, count());
        double below = 0;
        int rank = 0;
        for (int k = 0; k < count() / 2; k++) {
            below += chance;
            if (2 * below > 0.05) {
                return rank;
            }
            rank = k;
            chance = chance * (count() - k) / (k + 1);
        }
        return rank;
    }

    private static double median(double[] sorted) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
