/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The last stages within one tier, one instance for one call: not yet tried, then the algorithm. */
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

    ReadyEndpoint any(PickSubchannelArgs call) {
        return candidates.get(selector.select(call));
    }

    /**
     * One that the call did not try, {@code null} if it tried all. Asks the algorithm again, so that its weights still count, and
     * then takes any other: it may always choose the same.
     */
    @Nullable
    ReadyEndpoint untried(PickSubchannelArgs call, Set<String> tried) {
        for (int i = 0; i <= FURTHER_CHOICES; i++) {
            ReadyEndpoint chosen = any(call);
            if (!tried.contains(chosen.id())) {
                return chosen;
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
        return null;
    }
}
