/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.loadbalance.LoadReport;
import org.jspecify.annotations.Nullable;

/**
 * What an instance reported of its load, over all its consumers.
 *
 * @param utilization how busy it is, 1 for fully; absent if it does not say
 * @param qps requests a second that it answers
 * @param eps requests a second among them that failed
 * @param inFlight requests under way
 * @param limit how many requests it lets be under way; absent if it does not say
 */
record LoadDescriptor(
        @Nullable Double utilization,
        double qps,
        double eps,
        int inFlight,
        @Nullable Integer limit) {

    static @Nullable LoadDescriptor of(@Nullable LoadReport report) {
        return report == null
                ? null
                : new LoadDescriptor(
                        report.utilization() == 0 ? null : rounded(report.utilization()),
                        rounded(report.qps()),
                        rounded(report.eps()),
                        (int) report.inFlight(),
                        report.limit() == 0 ? null : (int) report.limit());
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
