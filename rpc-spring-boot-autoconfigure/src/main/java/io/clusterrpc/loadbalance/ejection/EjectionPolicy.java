/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * When an instance is ejected, for how long, and how many at once. Immutable.
 *
 * @param enabled whether anything is ejected at all
 * @param consecutiveFailures how many failures in a row eject, 0 for never
 * @param errorRate which share of failures among the recent calls ejects, 0 for never
 * @param latencyFactor how many times the median latency of the peers ejects, 0 for never
 * @param latencyDifference by how much at least the median latency must exceed that of the peers
 * @param silence how long at least nothing may come back while calls are under way (five times the 99th percentile of the
 *     latency if that is longer), zero for ever
 * @param minCalls how many recent calls it takes to judge error rate and latency
 * @param interval how far back "recent" reaches: after half of it a call counts half
 * @param baseTime how long the first ejection lasts, the second in a row twice as long, and so on
 * @param maxTime the longest ejection
 * @param maxShare the largest share of the instances that may be ejected at once; one always may, the last one never
 * @param panicShare below which share of usable instances, those that are not connected included, ejected ones get calls as well
 * @param codes the statuses that count as failures of an instance
 */
public record EjectionPolicy(
        boolean enabled,
        int consecutiveFailures,
        double errorRate,
        double latencyFactor,
        Duration latencyDifference,
        Duration silence,
        int minCalls,
        Duration interval,
        Duration baseTime,
        Duration maxTime,
        double maxShare,
        double panicShare,
        Set<Code> codes) {

    /** What holds unless configured otherwise. */
    public static final EjectionPolicy DEFAULTS = new EjectionPolicy(
            true,
            5,
            0.5,
            5,
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            10,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            0.5,
            0.3,
            EnumSet.of(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.INTERNAL, Code.UNKNOWN, Code.DATA_LOSS));

    /** Nothing is ever ejected. */
    public static final EjectionPolicy OFF = DEFAULTS.withEnabled(false);

    /** Checks the values. */
    public EjectionPolicy {
        require(consecutiveFailures >= 0, "consecutiveFailures", consecutiveFailures, "0 for never, or more");
        require(errorRate >= 0 && errorRate <= 1, "errorRate", errorRate, "0 for never, up to 1");
        require(
                latencyFactor == 0 || latencyFactor > 1 && latencyFactor < Double.POSITIVE_INFINITY,
                "latencyFactor",
                latencyFactor,
                "0 for never, or more than 1");
        require(!latencyDifference.isNegative(), "latencyDifference", latencyDifference, "zero or longer");
        require(!silence.isNegative(), "silence", silence, "zero for ever, or longer");
        require(minCalls > 0, "minCalls", minCalls, "1 or more");
        require(isPositive(interval), "interval", interval, "longer than zero");
        require(isPositive(baseTime), "baseTime", baseTime, "longer than zero");
        require(maxTime.compareTo(baseTime) >= 0, "maxTime", maxTime, "not shorter than baseTime, " + baseTime);
        require(maxShare >= 0 && maxShare <= 1, "maxShare", maxShare, "0 to 1");
        require(panicShare >= 0 && panicShare <= 1, "panicShare", panicShare, "0 to 1");
        require(
                !codes.contains(Code.OK) && !codes.contains(Code.CANCELLED),
                "codes",
                codes,
                "neither OK nor CANCELLED");
        codes = codes.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(codes));
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /**
     * The same, switched on or off.
     *
     * @param enabled whether anything is ejected at all
     * @return a policy
     */
    public EjectionPolicy withEnabled(boolean enabled) {
        return new EjectionPolicy(
                enabled,
                consecutiveFailures,
                errorRate,
                latencyFactor,
                latencyDifference,
                silence,
                minCalls,
                interval,
                baseTime,
                maxTime,
                maxShare,
                panicShare,
                codes);
    }

    /** How many of so many instances may be ejected at once. */
    int mostEjected(int instances) {
        return Math.min(instances - 1, Math.max(1, (int) (instances * maxShare)));
    }
}
