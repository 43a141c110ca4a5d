/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;

@Component
class FewestInFlight implements LoadBalancingAlgorithm {

    @Override
    public String name() {
        return "fewest-in-flight";
    }

    @Override
    public Selector selector(List<? extends Candidate> candidates) {
        return call -> {
            int best = ThreadLocalRandom.current().nextInt(candidates.size());
            for (int i = 0; i < candidates.size(); i++) {
                Candidate candidate = candidates.get(i);
                if (candidate.inFlight() / candidate.weight()
                        < candidates.get(best).inFlight() / candidates.get(best).weight()) {
                    best = i;
                }
            }
            return best;
        };
    }
}
