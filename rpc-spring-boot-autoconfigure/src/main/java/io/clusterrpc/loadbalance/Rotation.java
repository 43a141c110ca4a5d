/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.LoadBalancer.PickSubchannelArgs;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** One after the other, weights ignored: for channels without a context, and in place of an algorithm that fails. */
final class Rotation implements LoadBalancingAlgorithm {

    @Override
    public String name() {
        return "rotation";
    }

    @Override
    public Set<WeightFactor> weightFactors() {
        return Set.of();
    }

    @Override
    public Selector selector(List<? extends Candidate> candidates) {
        int size = candidates.size();
        AtomicInteger next = new AtomicInteger();
        return (PickSubchannelArgs call) -> Integer.remainderUnsigned(next.getAndIncrement(), size);
    }
}
