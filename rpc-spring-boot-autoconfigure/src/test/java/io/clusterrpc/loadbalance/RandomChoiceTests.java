/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RandomChoiceTests extends LoadBalancingAlgorithmContractTests {

    @Override
    LoadBalancingAlgorithm algorithm(Supplier<RandomGenerator> random) {
        return new Algorithms(random, List.of()).named("random");
    }

    @Test
    void choosesInNoOrder() {
        Selector selector = algorithm().selector(List.of(candidate("a", 100, 1), candidate("b", 100, 1)));
        int repeated = 0;
        int last = -1;
        for (int i = 0; i < 1_000; i++) {
            int chosen = selector.select(call(i));
            repeated += chosen == last ? 1 : 0;
            last = chosen;
        }
        assertThat(repeated).isBetween(400, 600);
    }
}
