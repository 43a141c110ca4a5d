/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import java.util.Collection;
import java.util.List;

/** What stands in the middle. */
public final class Median {

    private Median() {}

    /**
     * The median.
     *
     * @param values in any order
     * @return the mean of the two in the middle if there are two, NaN if there is none
     */
    public static double of(Collection<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int size = sorted.size();
        return size == 0 ? Double.NaN : (sorted.get(size / 2) + sorted.get((size - 1) / 2)) / 2;
    }
}
