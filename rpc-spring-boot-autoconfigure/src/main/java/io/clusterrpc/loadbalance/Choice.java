/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The last stages, one instance for one call: not yet tried, then the algorithm. When the call tried all, tried ones are
 * allowed again.
 */
final class Choice {

    private static final int FURTHER_CHOICES = 3;

    private final List<ReadyEndpoint> candidates;
    private final Selector selector;
    private final Supplier<RandomGenerator> random;

    Choice(List<ReadyEndpoint> candidates, Selector selector, Supplier<RandomGenerator> random) {
        this.candidates = candidates;
        this.selector = selector;
        this.random = random;
    }

    PickResult pick(PickSubchannelArgs call, Set<String> tried) {
        ReadyEndpoint chosen = candidates.get(selector.select(call));
        return tried.isEmpty() || !tried.contains(chosen.id())
                ? chosen.result()
                : another(call, tried, chosen).result();
    }

    /** Asks the algorithm again, so that its weights still count, and then takes any other: it may always choose the same. */
    private ReadyEndpoint another(PickSubchannelArgs call, Set<String> tried, ReadyEndpoint chosen) {
        for (int i = 0; i < FURTHER_CHOICES; i++) {
            ReadyEndpoint other = candidates.get(selector.select(call));
            if (!tried.contains(other.id())) {
                return other;
            }
        }
        int size = candidates.size();
        int start = random.get().nextInt(size);
        for (int i = 0; i < size; i++) {
            ReadyEndpoint other = candidates.get((start + i) % size);
            if (!tried.contains(other.id())) {
                return other;
            }
        }
        return chosen;
    }
}
