/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundRobinTests extends LoadBalancingAlgorithmContractTests {

    @Override
    LoadBalancingAlgorithm algorithm(Supplier<RandomGenerator> random) {
        return new Algorithms(random, List.of()).named("round-robin");
    }

    @Test
    void goesRoundInOrder() {
        List<Candidate> candidates = IntStream.range(0, 5)
                .mapToObj(i -> candidate("i" + i, 10 + i, 1))
                .toList();
        Selector selector = algorithm().selector(candidates);
        int first = selector.select(call(0));
        for (int i = 1; i < 50; i++) {
            assertThat(selector.select(call(i))).isEqualTo((first + i) % 5);
        }
    }

    @Test
    void ignoresStaticWeights() {
        List<Candidate> candidates = List.of(candidate("a", 1_000, 1), candidate("b", 1, 1));
        assertThat(shares(candidates, 1_000)).containsExactly(new double[] {0.5, 0.5}, within(0.001));
    }

    @Test
    void doesNotStartManyClientsAtTheSameInstance() {
        List<Candidate> candidates =
                IntStream.range(0, 10).mapToObj(i -> candidate("i" + i, 100, 1)).toList();
        Random random = new Random(7);
        Set<Integer> first = new HashSet<>();
        for (int client = 0; client < 100; client++) {
            first.add(algorithm(() -> random).selector(candidates).select(call(0)));
        }
        assertThat(first).hasSizeGreaterThan(7);
    }
}
