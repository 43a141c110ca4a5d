/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import java.util.random.RandomGenerator;

/**
 * Draws from weighted choices in constant time: each column holds one choice up to a threshold and one other above it (Walker's
 * alias method in Vose's form). Immutable.
 */
final class AliasTable {

    private final double[] thresholds;
    private final int[] aliases;

    AliasTable(double[] weights) {
        int size = weights.length;
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        thresholds = new double[size];
        aliases = new int[size];
        int[] light = new int[size];
        int[] heavy = new int[size];
        int lights = 0;
        int heavies = 0;
        for (int i = 0; i < size; i++) {
            thresholds[i] = weights[i] * size / total;
            aliases[i] = i;
            if (thresholds[i] < 1) {
                light[lights++] = i;
            } else {
                heavy[heavies++] = i;
            }
        }
        while (lights > 0 && heavies > 0) {
            int poor = light[--lights];
            int rich = heavy[heavies - 1];
            aliases[poor] = rich;
            thresholds[rich] -= 1 - thresholds[poor];
            if (thresholds[rich] < 1) {
                heavies--;
                light[lights++] = rich;
            }
        }
    }

    int draw(RandomGenerator random) {
        double at = random.nextDouble() * thresholds.length;
        int column = (int) at;
        return at - column < thresholds[column] ? column : aliases[column];
    }
}
