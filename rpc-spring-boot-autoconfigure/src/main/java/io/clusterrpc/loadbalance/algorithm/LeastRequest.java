/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The one with fewer calls in flight for its weight, of the instance whose turn it is and another one chosen by chance (the power of
 * two choices, Mitzenmacher 2001). The turns honour the weights exactly while there is little to do, which a lowest
 * {@code (inFlight + 1) / weight} alone does not: there the heavier of two idle instances always wins. Envoy's form for unequal
 * weights, {@code weight / (active + 1)^bias} as a dynamic weight, has to visit all instances after each call.
 */
final class LeastRequest implements LoadBalancingAlgorithm {

    static final String NAME = "least-request";

    private final Supplier<RandomGenerator> random;

    LeastRequest(Supplier<RandomGenerator> random) {
        this.random = random;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Selector selector(List<? extends Candidate> candidates) {
        int size = candidates.size();
        if (size == 1) {
            return call -> 0;
        }
        SmoothRotation turns = SmoothRotation.over(candidates, random.get());
        Candidate[] all = candidates.toArray(Candidate[]::new);
        return call -> {
            int turn = turns.select(call);
            int other = random.get().nextInt(size - 1);
            other += other >= turn ? 1 : 0;
            // Leaving out of turn pays only if the other one has no more to do even with the call.
            return (all[other].inFlight() + 1) / all[other].weight() <= all[turn].inFlight() / all[turn].weight()
                    ? other
                    : turn;
        };
    }
}
