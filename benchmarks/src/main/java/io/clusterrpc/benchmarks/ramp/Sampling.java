/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;

/** The power of some choices: the cheapest of some distinct servers chosen by chance. Not thread-safe. */
final class Sampling {

    private final RandomGenerator random;
    private final int servers;
    private final int[] chosen;

    Sampling(RandomGenerator random, int servers, int choices) {
        this.random = random;
        this.servers = servers;
        this.chosen = new int[Math.min(choices, servers)];
    }

    int cheapest(IntToDoubleFunction cost) {
        int best = -1;
        double lowest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < chosen.length; i++) {
            int candidate;
            do {
                candidate = random.nextInt(servers);
            } while (isChosen(candidate, i));
            chosen[i] = candidate;
            double its = cost.applyAsDouble(candidate);
            if (best < 0 || its < lowest) {
                lowest = its;
                best = candidate;
            }
        }
        return best;
    }

    private boolean isChosen(int candidate, int size) {
        for (int i = 0; i < size; i++) {
            if (chosen[i] == candidate) {
                return true;
            }
        }
        return false;
    }
}
