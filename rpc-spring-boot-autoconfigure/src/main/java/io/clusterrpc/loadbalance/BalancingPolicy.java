/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.loadbalance.ejection.EjectionPolicy;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.Subset;
import java.time.Duration;

/**
 * How a reference balances, apart from the algorithm. Immutable.
 *
 * @param warmUp how long the share of a young instance rises from 10 % to 100 %; zero for no warm-up
 * @param ejection when an instance gets no calls for a while
 * @param route where calls shall go
 * @param subset which part of a large cluster to connect to
 * @param hash what {@code consistent-hash} is told
 * @param reportedLoad how reports of load become weights
 */
public record BalancingPolicy(
        Duration warmUp,
        EjectionPolicy ejection,
        RoutePolicy route,
        Subset subset,
        HashPolicy hash,
        ReportedLoadPolicy reportedLoad) {

    /** What holds unless configured otherwise. */
    public static final BalancingPolicy DEFAULTS = new BalancingPolicy(
            Duration.ofSeconds(30),
            EjectionPolicy.DEFAULTS,
            RoutePolicy.ANYWHERE,
            Subset.WHOLE,
            HashPolicy.DEFAULTS,
            ReportedLoadPolicy.DEFAULTS);

    /** Checks the duration. */
    public BalancingPolicy {
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException("warmUp: " + warmUp + " (expected: zero or longer)");
        }
    }

    /**
     * The same with another warm-up.
     *
     * @param warmUp zero or longer
     * @return a policy
     */
    public BalancingPolicy withWarmUp(Duration warmUp) {
        return new BalancingPolicy(warmUp, ejection, route, subset, hash, reportedLoad);
    }

    /**
     * The same with other rules for ejection.
     *
     * @param ejection the rules
     * @return a policy
     */
    public BalancingPolicy withEjection(EjectionPolicy ejection) {
        return new BalancingPolicy(warmUp, ejection, route, subset, hash, reportedLoad);
    }

    /**
     * The same with another route.
     *
     * @param route where calls shall go
     * @return a policy
     */
    public BalancingPolicy withRoute(RoutePolicy route) {
        return new BalancingPolicy(warmUp, ejection, route, subset, hash, reportedLoad);
    }

    /**
     * The same with another subset.
     *
     * @param subset which part of a large cluster to connect to
     * @return a policy
     */
    public BalancingPolicy withSubset(Subset subset) {
        return new BalancingPolicy(warmUp, ejection, route, subset, hash, reportedLoad);
    }

    /**
     * The same with other settings of {@code consistent-hash}.
     *
     * @param hash settings
     * @return a policy
     */
    public BalancingPolicy withHash(HashPolicy hash) {
        return new BalancingPolicy(warmUp, ejection, route, subset, hash, reportedLoad);
    }

    /**
     * The same with another use of reports.
     *
     * @param reportedLoad how reports of load become weights
     * @return a policy
     */
    public BalancingPolicy withReportedLoad(ReportedLoadPolicy reportedLoad) {
        return new BalancingPolicy(warmUp, ejection, route, subset, hash, reportedLoad);
    }
}
