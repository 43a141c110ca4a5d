/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The tiers for one gRPC service: chance chooses one by their shares. A call that tried all of that one goes to the next, and
 * only when it tried all of all to one for the second time. Thread-safe.
 */
final class Route {

    private final Choice[] choices;
    /** Up to which number drawn from 0 to 1 a tier is chosen. */
    private final double[] upTo;

    private final int only;
    private final Supplier<RandomGenerator> random;

    Route(List<Tier> tiers, LoadBalancingAlgorithm algorithm, Supplier<RandomGenerator> random) {
        this.random = random;
        this.choices = new Choice[tiers.size()];
        this.upTo = new double[tiers.size()];
        int only = -1;
        double sum = 0;
        for (int i = 0; i < choices.length; i++) {
            Tier tier = tiers.get(i);
            choices[i] = new Choice(tier.endpoints(), algorithm.selector(tier.endpoints()), random);
            sum += tier.share();
            upTo[i] = sum;
            only = tier.share() >= 1 ? i : only;
        }
        this.only = only;
    }

    PickResult pick(PickSubchannelArgs call, Set<String> tried) {
        int chosen = only >= 0 ? only : draw();
        if (!tried.isEmpty()) {
            ReadyEndpoint untried = choices[chosen].untried(call, tried);
            for (int i = 0; untried == null && i < choices.length; i++) {
                if (i != chosen) {
                    untried = choices[i].untried(call, tried);
                }
            }
            if (untried != null) {
                return untried.result();
            }
        }
        return choices[chosen].any(call).result();
    }

    private int draw() {
        double drawn = random.get().nextDouble();
        for (int i = 0; i < upTo.length; i++) {
            if (drawn < upTo[i]) {
                return i;
            }
        }
        return 0; // the shares add up to one less a rounding error
    }
}
