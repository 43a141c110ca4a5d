/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.Side;
import io.clusterrpc.loadbalance.route.SpillOver;
import io.clusterrpc.loadbalance.route.ZoneSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The stage that says which endpoints get how much: those with the wanted tags before others, canaries their share, and of each
 * the own zone as much as it can bear ({@link SpillOver}). It comes after {@link Available}, because how much a zone can bear depends
 * on what is available there. Immutable.
 *
 * @param policy what the route asks for
 * @param sizes how large the own zone is
 * @param members all listed instances that have a connection or shall have one: the capacity that there should be
 */
record Tiers(RoutePolicy policy, ZoneSizes sizes, List<ServiceInstance> members) {

    /** All endpoints are in one tier. */
    static final Tiers ONE = new Tiers(RoutePolicy.ANYWHERE, ZoneSizes.EVEN, List.of());

    /** Makes capacities comparable where all weights are 0. */
    private static final double LEAST_WEIGHT = 1e-9;

    /**
     * Splits endpoints.
     *
     * @param available not empty
     * @param counts which members count
     * @return not empty, in the order in which a call tries one after the other; the shares add up to 1
     */
    List<Tier> split(List<ReadyEndpoint> available, Predicate<ServiceInstance> counts) {
        if (!policy.routes()) {
            return List.of(new Tier(Side.WANTED, true, available, 1));
        }
        Part[] parts = new Part[2 * Side.values().length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Part();
        }
        for (ReadyEndpoint endpoint : available) {
            parts[index(endpoint.instance())].endpoints.add(endpoint);
        }
        if (policy.zoned()) {
            for (ServiceInstance member : members) {
                if (counts.test(member)) {
                    parts[index(member)].capacity += capacity(member);
                }
            }
        }
        return tiers(parts);
    }

    private List<Tier> tiers(Part[] parts) {
        double[] ofSide = shares(parts);
        List<Tier> tiers = new ArrayList<>();
        for (Side side : Side.values()) {
            Part near = parts[2 * side.ordinal()];
            Part far = parts[2 * side.ordinal() + 1];
            double own = ownShare(side, near, far);
            near.addTo(tiers, side, true, ofSide[side.ordinal()] * own);
            far.addTo(tiers, side, false, ofSide[side.ordinal()] * (1 - own));
        }
        return tiers;
    }

    /** What a side cannot take, for want of endpoints, goes to the first that has some. */
    private double[] shares(Part[] parts) {
        double[] shares = new double[Side.values().length];
        int first = -1;
        double rest = 1;
        for (Side side : Side.values()) {
            int i = side.ordinal();
            if (!parts[2 * i].endpoints.isEmpty() || !parts[2 * i + 1].endpoints.isEmpty()) {
                first = first < 0 ? i : first;
                shares[i] = policy.share(side);
                rest -= shares[i];
            }
        }
        shares[first] += rest;
        return shares;
    }

    private double ownShare(Side side, Part near, Part far) {
        if (near.endpoints.isEmpty()) {
            return 0;
        }
        return far.endpoints.isEmpty() ? 1 : SpillOver.ownShare(sizes.own(side), near.usable(), far.usable());
    }

    private int index(ServiceInstance instance) {
        return 2 * policy.side(instance).ordinal() + (policy.near(instance) ? 0 : 1);
    }

    private static double capacity(ServiceInstance instance) {
        return Math.max(LEAST_WEIGHT, instance.weight());
    }

    /** A tier in the making. */
    private static final class Part {

        private final List<ReadyEndpoint> endpoints = new ArrayList<>();
        private double capacity;

        /** The part of the capacity that can be used; unlisted endpoints may help out beyond it. */
        double usable() {
            double usable = 0;
            for (ReadyEndpoint endpoint : endpoints) {
                usable += capacity(endpoint.instance());
            }
            return capacity > usable ? usable / capacity : 1;
        }

        void addTo(List<Tier> tiers, Side side, boolean near, double share) {
            if (!endpoints.isEmpty()) {
                tiers.add(new Tier(side, near, List.copyOf(endpoints), share));
            }
        }
    }
}
