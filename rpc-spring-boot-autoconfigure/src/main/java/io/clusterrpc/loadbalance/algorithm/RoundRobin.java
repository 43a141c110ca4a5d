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

/** Instances in turn with equal shares, less only while they warm up. */
final class RoundRobin implements LoadBalancingAlgorithm {

    static final String NAME = "round-robin";

    private final Supplier<RandomGenerator> random;

    RoundRobin(Supplier<RandomGenerator> random) {
        this.random = random;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<WeightFactor> weightFactors() {
        return EnumSet.of(WeightFactor.WARM_UP);
    }

    @Override
    public Selector selector(List<? extends Candidate> candidates) {
        return SmoothRotation.over(candidates, random.get());
    }
}
