/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LeastRequestTests extends LoadBalancingAlgorithmContractTests {

    @Override
    LoadBalancingAlgorithm algorithm(Supplier<RandomGenerator> random) {
        return new Algorithms(random, List.of()).named("least-request");
    }

    @Test
    void avoidsTheBusyOne() {
        Candidate busy = busy("a", 100, 3);
        assertThat(shares(List.of(busy, busy("b", 100, 1)), 100)[0]).isZero();
    }

    @Test
    void aHeavyOneMayHaveMoreToDo() {
        assertThat(shares(List.of(busy("a", 400, 4), busy("b", 100, 1)), 1_000)[0])
                .isCloseTo(0.8, within(0.01));
        assertThat(shares(List.of(busy("a", 400, 4), busy("b", 100, 2)), 1_000)[0])
                .isCloseTo(1, within(0.01));
        assertThat(shares(List.of(busy("a", 400, 8), busy("b", 100, 1)), 1_000)[0])
                .isCloseTo(0, within(0.01));
    }

    @Test
    void comparesDistinctOnes() {
        Selector selector = algorithm().selector(List.of(busy("a", 100, 1), busy("b", 100, 0)));
        for (int i = 0; i < 100; i++) {
            assertThat(selector.select(call(i))).isEqualTo(1);
        }
    }

    private Candidate busy(String id, int weight, int inFlight) {
        Candidate candidate = candidate(id, weight, 1);
        for (int i = 0; i < inFlight; i++) {
            ((ReadyEndpoint) candidate).known().statistics().opened(0);
        }
        return candidate;
    }
}
