/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.autoconfigure.RpcReferenceProperties.Balancing;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.Defaults;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.Ejection;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.Hash;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.ReportedLoad;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.RetryBudget;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.Route;
import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.HashPolicy;
import io.clusterrpc.loadbalance.ReportedLoadPolicy;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.clusterrpc.loadbalance.ejection.EjectionPolicy;
import io.clusterrpc.loadbalance.route.InstanceMatch;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.ZoneRule;
import io.clusterrpc.reference.ReferenceSettings;
import io.clusterrpc.reference.TransparentRetry;
import io.clusterrpc.resilience.CallPolicy;
import io.clusterrpc.resilience.RetryBudgetPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * {@code rpc.defaults} where nobody configured any of it: the same values as the {@link
 * org.springframework.boot.context.properties.bind.DefaultValue default values} of its properties, without binding them.
 */
final class StandardDefaults {

    private static final Duration EAGER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(30);

    private StandardDefaults() {}

    /**
     * The settings of a reference of which nothing is configured.
     *
     * @param name name of the reference
     * @param zone of this application
     * @param idleTimeout whether ours holds, not Boot's
     */
    static ReferenceSettings settings(String name, @Nullable String zone, boolean idleTimeout) {
        return new ReferenceSettings(
                name,
                name,
                Algorithms.DEFAULT,
                BalancingPolicy.DEFAULTS.withRoute(new RoutePolicy(
                        StringUtils.hasText(zone) ? zone : null, ZoneRule.PREFER, InstanceMatch.ANY, false, null)),
                false,
                EAGER_TIMEOUT,
                idleTimeout ? IDLE_TIMEOUT : null,
                TransparentRetry.FAILOVER,
                CallPolicy.DEFAULTS);
    }

    /** What {@code rpc.defaults} would have. */
    static Defaults values() {
        return new Defaults(
                CallPolicy.DEFAULTS.deadline(),
                CallPolicy.DEFAULTS.attemptTimeout(),
                false,
                EAGER_TIMEOUT,
                IDLE_TIMEOUT,
                TransparentRetry.FAILOVER,
                balancing(BalancingPolicy.DEFAULTS),
                new Route(ZoneRule.PREFER),
                null,
                new RetryBudget(RetryBudgetPolicy.DEFAULTS.percent(), RetryBudgetPolicy.DEFAULTS.minPerSecond()),
                CallPolicy.DEFAULTS.mode(),
                null,
                CallPolicy.DEFAULTS.readOn());
    }

    private static Balancing balancing(BalancingPolicy policy) {
        return new Balancing(
                Algorithms.DEFAULT,
                policy.warmUp(),
                ejection(policy.ejection()),
                null,
                hash(policy.hash()),
                reportedLoad(policy.reportedLoad()));
    }

    private static Ejection ejection(EjectionPolicy policy) {
        return new Ejection(
                policy.enabled(),
                policy.consecutiveFailures(),
                policy.errorRate(),
                policy.latencyFactor(),
                policy.latencyDifference(),
                policy.silence(),
                policy.minCalls(),
                policy.interval(),
                policy.baseTime(),
                policy.maxTime(),
                policy.maxShare(),
                policy.panicShare(),
                policy.codes());
    }

    private static Hash hash(HashPolicy policy) {
        return new Hash(policy.scheme(), policy.virtualNodes(), policy.boundedLoad(), policy.loadFactor());
    }

    private static ReportedLoad reportedLoad(ReportedLoadPolicy policy) {
        return new ReportedLoad(policy.blackout(), policy.expiration(), policy.updatePeriod(), policy.errorPenalty());
    }
}
