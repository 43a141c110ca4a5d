/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

/**
 * What an instance says of its load, in the terms of ORCA (Open Request Cost Aggregation, {@code xds.data.orca.v3.OrcaLoadReport}).
 * 0 means unknown everywhere. Immutable.
 *
 * @param cpuUtilization share of the processors that it may use, 1 for all of them; may be above 1
 * @param memoryUtilization share of the memory that it may use
 * @param applicationUtilization what the application thinks of how busy it is, in the place of the processors' share
 * @param qps requests a second that it answers, whatever the answer
 * @param eps requests a second among them that failed
 * @param inFlight requests under way
 * @param limit how many requests it lets be under way
 */
public record LoadReport(
        double cpuUtilization,
        double memoryUtilization,
        double applicationUtilization,
        double qps,
        double eps,
        double inFlight,
        double limit) {

    private static final double MOST_UTILIZED = 100;
    private static final double MOST = 1e9;

    /** Refuses what cannot be true: no number, negative, infinite or absurdly large. */
    public LoadReport {
        check("cpuUtilization", cpuUtilization, MOST_UTILIZED);
        check("memoryUtilization", memoryUtilization, MOST_UTILIZED);
        check("applicationUtilization", applicationUtilization, MOST_UTILIZED);
        check("qps", qps, MOST);
        check("eps", eps, MOST);
        check("inFlight", inFlight, MOST);
        check("limit", limit, MOST);
    }

    /**
     * How busy the instance is.
     *
     * @return what the application says, else the share of the processors, 0 if neither is known
     */
    public double utilization() {
        return applicationUtilization > 0 ? applicationUtilization : cpuUtilization;
    }

    private static void check(String name, double value, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0.." + (long) most + ")");
        }
    }
}
