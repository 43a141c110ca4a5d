/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

import io.clusterrpc.ServiceInstance;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How large the own zone is compared to the average of all zones that have instances, by static weight. A client knows where the
 * instances are but not where the other clients are; it takes them to be spread evenly over those zones. Immutable.
 */
public final class ZoneSizes {

    /** Nothing is known, so the own zone is as large as any. */
    public static final ZoneSizes EVEN = new ZoneSizes(new double[] {1, 1, 1});

    private final double[] own;

    private ZoneSizes(double[] own) {
        this.own = own;
    }

    /**
     * Measures the zones.
     *
     * @param cluster all listed instances, connected or not
     * @param policy knows the own zone
     * @return the sizes
     */
    public static ZoneSizes of(List<ServiceInstance> cluster, RoutePolicy policy) {
        if (!policy.zoned()) {
            return EVEN;
        }
        Map<Side, Sum> sums = new EnumMap<>(Side.class);
        for (ServiceInstance instance : cluster) {
            sums.computeIfAbsent(policy.side(instance), side -> new Sum()).add(instance, policy);
        }
        double[] own = EVEN.own.clone();
        sums.forEach((side, sum) -> own[side.ordinal()] = sum.relative());
        return new ZoneSizes(own);
    }

    /**
     * The size of the own zone.
     *
     * @param side which instances count
     * @return relative to the average zone, at most 1
     */
    public double own(Side side) {
        return own[side.ordinal()];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ZoneSizes sizes && Arrays.equals(own, sizes.own);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(own);
    }

    private static final class Sum {

        private final Set<@Nullable String> zones = new HashSet<>();
        private double near;
        private double all;

        void add(ServiceInstance instance, RoutePolicy policy) {
            zones.add(instance.zone());
            all += instance.weight();
            if (policy.near(instance)) {
                near += instance.weight();
            }
        }

        double relative() {
            return all > 0 ? Math.min(1, near * zones.size() / all) : 1;
        }
    }
}
