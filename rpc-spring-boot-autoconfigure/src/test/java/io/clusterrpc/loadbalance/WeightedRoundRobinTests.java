/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class WeightedRoundRobinTests extends LoadBalancingAlgorithmContractTests {

    @Override
    LoadBalancingAlgorithm algorithm(Supplier<RandomGenerator> random) {
        return new Algorithms(random, List.of()).named("weighted-round-robin");
    }

    @Test
    void givesNobodyABurst() {
        List<Candidate> candidates = List.of(
                candidate("half", 500, 1), candidate("b", 200, 1), candidate("c", 200, 1), candidate("d", 100, 1));
        Selector selector = algorithm().selector(candidates);
        int[] run = new int[4];
        int[] longest = new int[4];
        for (int i = 0; i < 10_000; i++) {
            int chosen = selector.select(call(i));
            for (int other = 0; other < 4; other++) {
                run[other] = other == chosen ? run[other] + 1 : 0;
                longest[other] = Math.max(longest[other], run[other]);
            }
        }
        assertThat(longest[0]).as("half of all, in a row").isLessThanOrEqualTo(2);
        assertThat(longest[1]).as("a fifth, in a row").isLessThanOrEqualTo(1);
        assertThat(longest[3]).as("a tenth, in a row").isLessThanOrEqualTo(1);
    }

    @Test
    void spreadsThePlacesOfHeavyInstances() {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            candidates.add(candidate("i" + i, i < 10 ? 190 : 10, 1));
        }
        Selector selector = algorithm().selector(candidates);
        int last = -1;
        for (int i = 0; i < 10_000; i++) {
            int chosen = selector.select(call(i));
            assertThat(chosen).as("twice in a row at %d", i).isNotEqualTo(last);
            last = chosen;
        }
    }

    @Test
    void staysCloseToTheWeightsAtEveryMoment() {
        List<Candidate> candidates = new ArrayList<>();
        double total = 0;
        for (int i = 0; i < 20; i++) {
            candidates.add(candidate("i" + i, 10 + 37 * i % 200, 1));
            total += candidates.get(i).weight();
        }
        Selector selector = algorithm().selector(candidates);
        int[] picks = new int[20];
        for (int n = 1; n <= 50_000; n++) {
            picks[selector.select(call(n))]++;
            if (n % 100 == 0) {
                for (int i = 0; i < 20; i++) {
                    double due = n * candidates.get(i).weight() / total;
                    assertThat(Math.abs(picks[i] - due))
                            .as("picks of %d at %d", i, n)
                            .isLessThan(6);
                }
            }
        }
    }
}
