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
import org.jspecify.annotations.Nullable;

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
    private final @Nullable ZoneFigures zones;
    private final boolean[] near;

    /** @param zones counts picks, {@code null} where zones do not matter */
    Route(
            List<Tier> tiers,
            LoadBalancingAlgorithm algorithm,
            Supplier<RandomGenerator> random,
            @Nullable ZoneFigures zones) {
        this.random = random;
        this.zones = zones;
        this.near = new boolean[tiers.size()];
        this.choices = new Choice[tiers.size()];
        this.upTo = new double[tiers.size()];
        int only = -1;
        double sum = 0;
        for (int i = 0; i < choices.length; i++) {
            Tier tier = tiers.get(i);
            choices[i] = new Choice(tier.endpoints(), algorithm.selector(tier.endpoints()), random);
            near[i] = tier.near();
            sum += tier.share();
            upTo[i] = sum;
            only = tier.share() >= 1 ? i : only;
        }
        this.only = only;
    }

    PickResult pick(PickSubchannelArgs call, Set<String> tried) {
        int chosen = only >= 0 ? only : draw();
        if (!tried.isEmpty()) {
            int from = chosen;
            ReadyEndpoint untried = choices[chosen].untried(call, tried);
            for (int i = 0; untried == null && i < choices.length; i++) {
                if (i != chosen) {
                    from = i;
                    untried = choices[i].untried(call, tried);
                }
            }
            if (untried != null) {
                return picked(untried, from);
            }
        }
        return picked(choices[chosen].any(call), chosen);
    }

    private PickResult picked(ReadyEndpoint endpoint, int tier) {
        if (zones != null) {
            zones.picked(near[tier]);
        }
        return endpoint.result();
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
