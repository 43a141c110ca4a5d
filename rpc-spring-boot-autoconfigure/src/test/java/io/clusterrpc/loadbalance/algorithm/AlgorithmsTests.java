/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlgorithmsTests {

    private record Own(String name) implements LoadBalancingAlgorithm {

        @Override
        public Selector selector(List<? extends Candidate> candidates) {
            return call -> 0;
        }
    }

    @Test
    void findsThoseOfTheLibraryAndTheApplication() {
        Algorithms algorithms = new Algorithms(List.of(new Own("own")));
        assertThat(algorithms.names())
                .containsExactly(
                        "adaptive",
                        "consistent-hash",
                        "least-request",
                        "own",
                        "random",
                        "round-robin",
                        "weighted-round-robin");
        assertThat(algorithms.names())
                .allSatisfy(name -> assertThat(algorithms.named(name).name()).isEqualTo(name));
        assertThat(algorithms.named(Algorithms.DEFAULT)).isInstanceOf(Adaptive.class);
    }

    @Test
    void listsAllNamesForAnUnknownOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Algorithms(List.of(new Own("own"))).named("least-lucky"))
                .withMessage(
                        "algorithm: 'least-lucky'"
                                + " (expected one of: adaptive, consistent-hash, least-request, own, random, round-robin, weighted-round-robin)");
    }

    @Test
    void refusesTwoOfOneName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Algorithms(List.of(new Own("random"))))
                .withMessageContaining("'random' is the name of both " + RandomChoice.class.getName());
    }
}
