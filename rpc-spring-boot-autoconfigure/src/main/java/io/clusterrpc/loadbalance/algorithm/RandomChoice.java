/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.loadbalance.WeightFactor;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Any instance, with a probability by static weight and warm-up. */
final class RandomChoice implements LoadBalancingAlgorithm {

    static final String NAME = "random";

    private final Supplier<RandomGenerator> random;

    RandomChoice(Supplier<RandomGenerator> random) {
        this.random = random;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<WeightFactor> weightFactors() {
        return EnumSet.of(WeightFactor.STATIC, WeightFactor.WARM_UP);
    }

    @Override
    public Selector selector(List<? extends Candidate> candidates) {
        AliasTable table = new AliasTable(
                candidates.stream().mapToDouble(Candidate::weight).toArray());
        return call -> table.draw(random.get());
    }
}
