/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.Side;
import java.util.List;

/**
 * How the calls of a reference divide over zones and tags now, whatever gRPC service they are for: for logs and displays.
 *
 * @param ownZone the share that stays in the own zone, 1 where zones do not matter
 * @param canary the share that goes to canaries
 * @param fallback the share that goes to instances without the wanted tags
 * @param connecting whether an instance of the own zone is being connected for the first time
 */
record Spread(double ownZone, double canary, double fallback, boolean connecting) {

    /** Nothing is connected, or nothing is routed. */
    static final Spread NONE = new Spread(1, 0, 0, false);

    /** Judges connected endpoints and writes down at those that get no calls why. */
    static Spread of(List<ReadyEndpoint> ready, List<ServiceInstance> awaited, Tiers tiers, Available available) {
        RoutePolicy policy = tiers.policy();
        if (!policy.routes()) {
            return NONE;
        }
        for (ReadyEndpoint endpoint : ready) {
            String reason = policy.excludes(endpoint.instance());
            if (reason != null) {
                endpoint.known().skip(reason);
            }
        }
        List<ReadyEndpoint> within = new Within(policy).narrow(ready, "");
        if (within.isEmpty()) {
            return NONE;
        }
        double far = 0;
        double canary = 0;
        double fallback = 0;
        for (Tier tier : tiers.split(List.copyOf(available.narrow(within, "")), instance -> true)) {
            far += tier.near() ? 0 : tier.share();
            canary += tier.side() == Side.CANARY ? tier.share() : 0;
            fallback += tier.side() == Side.FALLBACK ? tier.share() : 0;
            if (tier.share() == 0) {
                String reason = reason(tier, policy);
                tier.endpoints().forEach(endpoint -> endpoint.known().skip(reason));
            }
        }
        boolean connecting = policy.zoned() && awaited.stream().anyMatch(policy::near);
        return new Spread(1 - far, canary, fallback, connecting);
    }

    private static String reason(Tier tier, RoutePolicy policy) {
        if (tier.side() == Side.FALLBACK) {
            return "does not match route.tags " + policy.wanted().tags() + ", and others that do are available";
        }
        if (policy.share(tier.side()) == 0) {
            return tier.side() == Side.CANARY
                    ? "a canary, and route.canary.percent is 0"
                    : "no canary, and route.canary.percent is 100";
        }
        return "in another zone than " + policy.zone() + ", which has capacity enough";
    }
}
