/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.time.Duration;

/**
 * How reports of load become weights (gRFC A58), for algorithms that take {@link WeightFactor#DYNAMIC}. Immutable.
 *
 * @param blackout how long an instance must have reported before its reports count: the first ones are of a server that warms up
 * @param expiration after how long without a report the last one counts no more
 * @param updatePeriod how often weights are computed anew
 * @param errorPenalty what the share of failed requests adds to the utilisation, times this; 0 for no penalty
 */
public record ReportedLoadPolicy(Duration blackout, Duration expiration, Duration updatePeriod, double errorPenalty) {

    /** The shortest update period. */
    public static final Duration SHORTEST_PERIOD = Duration.ofMillis(100);

    /** The largest error penalty. */
    public static final double MOST_PENALTY = 1_000;

    /** What holds unless configured otherwise: the values of gRFC A58. */
    public static final ReportedLoadPolicy DEFAULTS =
            new ReportedLoadPolicy(Duration.ofSeconds(10), Duration.ofMinutes(3), Duration.ofSeconds(1), 1);

    /** Checks the ranges. */
    public ReportedLoadPolicy {
        if (blackout.isNegative()) {
            throw new IllegalArgumentException("blackout: " + blackout + " (expected: zero or longer)");
        }
        if (expiration.isNegative() || expiration.isZero()) {
            throw new IllegalArgumentException("expiration: " + expiration + " (expected: longer than zero)");
        }
        if (updatePeriod.compareTo(SHORTEST_PERIOD) < 0) {
            throw new IllegalArgumentException("updatePeriod: " + updatePeriod + " (expected: 100 ms or longer)");
        }
        if (!(errorPenalty >= 0 && errorPenalty <= MOST_PENALTY)) {
            throw new IllegalArgumentException("errorPenalty: " + errorPenalty + " (expected: 0..1000)");
        }
    }
}
