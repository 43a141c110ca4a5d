/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The instance that will answer soonest, of the one whose turn it is and three others chosen by chance. See
 * {@link AdaptiveSelector} for what it computes.
 */
final class Adaptive implements LoadBalancingAlgorithm {

    static final String NAME = "adaptive";

    private final Supplier<RandomGenerator> random;
    private final LongSupplier nanoTime;

    Adaptive(Supplier<RandomGenerator> random, LongSupplier nanoTime) {
        this.random = random;
        this.nanoTime = nanoTime;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Selector selector(List<? extends Candidate> candidates) {
        return candidates.size() == 1 ? call -> 0 : new AdaptiveSelector(candidates, random, nanoTime);
    }
}
