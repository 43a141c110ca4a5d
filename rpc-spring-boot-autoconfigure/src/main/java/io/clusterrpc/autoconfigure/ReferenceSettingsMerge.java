/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.autoconfigure.RpcReferenceProperties.Defaults;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.MethodProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.QuorumProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.ReferenceProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.ReportedLoad;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.ReportedLoadProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.RetryBudgetProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.RouteProperties;
import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.ReportedLoadPolicy;
import io.clusterrpc.reference.ReferenceSettings;
import io.clusterrpc.resilience.CallPolicy;
import io.clusterrpc.resilience.MethodPolicy;
import io.clusterrpc.resilience.QuorumPolicy;
import io.clusterrpc.resilience.RetryBudgetPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.lang.Contract;

/** Merges the settings of a reference over the defaults. Immutable. */
final class ReferenceSettingsMerge {

    private static final ReferenceProperties NOTHING = new ReferenceProperties(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            HashSettings.NO_BALANCING,
            new RouteProperties(null, Map.of(), false, null),
            null,
            new RetryBudgetProperties(null, null),
            null,
            null,
            null,
            Map.of());

    private final Defaults defaults;
    private final Map<String, ReferenceProperties> references;
    private final Predicate<String> idleTimeoutOfBoot;
    private final RouteFactory routes;
    /**
     * Creates the merge.
     *
     * @param properties what the user wrote
     * @param idleTimeoutOfBoot whether Boot's property sets the idle timeout of a channel, which wins over our default
     */
    ReferenceSettingsMerge(RpcReferenceProperties properties, Predicate<String> idleTimeoutOfBoot) {
        this.idleTimeoutOfBoot = idleTimeoutOfBoot;
        this.defaults = properties.defaults();
        this.references = properties.references();
        this.routes = new RouteFactory(properties);
    }

    /** The settings of a reference. */
    ReferenceSettings of(String name) {
        ReferenceProperties own = references.getOrDefault(name, NOTHING);
        String path = "rpc.references." + name + ".";
        return new ReferenceSettings(
                name,
                or(own.service(), name),
                or(own.balancing().algorithm(), defaults.balancing().algorithm()),
                balancing(path, own),
                or(own.eager(), defaults.eager()),
                positive(path + "eager-timeout", or(own.eagerTimeout(), defaults.eagerTimeout())),
                own.idleTimeout() == null && idleTimeoutOfBoot.test(name)
                        ? null
                        : positive(path + "idle-timeout", or(own.idleTimeout(), defaults.idleTimeout())),
                or(own.transparentRetry(), defaults.transparentRetry()),
                calls(path, own));
    }

    private BalancingPolicy balancing(String path, ReferenceProperties own) {
        Duration warmUp = or(own.balancing().warmUp(), defaults.balancing().warmUp());
        return BalancingPolicy.DEFAULTS
                .withWarmUp(positiveOrZero(path + "balancing.warm-up", warmUp))
                .withEjection(EjectionSettings.merge(
                        path + "balancing.ejection.",
                        own.balancing().ejection(),
                        defaults.balancing().ejection()))
                .withHash(HashSettings.of(path + "balancing.", own.balancing(), defaults.balancing()))
                .withReportedLoad(reportedLoad(
                        path + "balancing.reported-load.",
                        own.balancing().reportedLoad(),
                        defaults.balancing().reportedLoad()))
                .withRoute(routes.route(path + "route.", own.route()))
                .withSubset(routes.subset(path + "subset", own.subset()));
    }

    private static ReportedLoadPolicy reportedLoad(String path, ReportedLoadProperties own, ReportedLoad common) {
        Duration updatePeriod = or(own.updatePeriod(), common.updatePeriod());
        if (updatePeriod.compareTo(ReportedLoadPolicy.SHORTEST_PERIOD) < 0) {
            throw new InvalidConfigurationPropertyValueException(
                    path + "update-period", updatePeriod, "Expected 100ms or longer.");
        }
        double errorPenalty = or(own.errorPenalty(), common.errorPenalty());
        if (!(errorPenalty >= 0 && errorPenalty <= ReportedLoadPolicy.MOST_PENALTY)) {
            throw new InvalidConfigurationPropertyValueException(
                    path + "error-penalty", errorPenalty, "Expected a number from 0 (no penalty) to 1000.");
        }
        return new ReportedLoadPolicy(
                positiveOrZero(path + "blackout", or(own.blackout(), common.blackout())),
                positive(path + "expiration", or(own.expiration(), common.expiration())),
                updatePeriod,
                errorPenalty);
    }

    private CallPolicy calls(String path, ReferenceProperties own) {
        return new CallPolicy(
                        positiveOrZero(path + "deadline", or(own.deadline(), defaults.deadline())),
                        positiveOrZero(path + "attempt-timeout", or(own.attemptTimeout(), defaults.attemptTimeout())),
                        retryBudget(path + "retry-budget.", own.retryBudget()),
                        or(own.mode(), defaults.mode()),
                        hedgeDelay(path, own.hedgeDelay() != null ? own.hedgeDelay() : defaults.hedgeDelay()),
                        own.methods().entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey,
                                        method ->
                                                method(path + "methods." + method.getKey() + ".", method.getValue()))))
                .withReadOn(or(own.readResponsesOn(), defaults.readResponsesOn()));
    }

    private RetryBudgetPolicy retryBudget(String path, RetryBudgetProperties own) {
        double percent = or(own.percent(), defaults.retryBudget().percent());
        if (!(percent >= 0 && percent <= 1000)) {
            throw new InvalidConfigurationPropertyValueException(
                    path + "percent", percent, "Expected a number from 0 to 1000.");
        }
        int minPerSecond = or(own.minPerSecond(), defaults.retryBudget().minPerSecond());
        if (minPerSecond < 0) {
            throw new InvalidConfigurationPropertyValueException(
                    path + "min-per-second", minPerSecond, "Expected 0 or a greater number.");
        }
        return new RetryBudgetPolicy(percent, minPerSecond);
    }

    private static MethodPolicy method(String path, MethodProperties method) {
        return new MethodPolicy(
                positiveOrZero(path + "deadline", method.deadline()),
                positiveOrZero(path + "attempt-timeout", method.attemptTimeout()),
                method.safe(),
                method.mode(),
                hedgeDelay(path, method.hedgeDelay()),
                method.fallback(),
                method.merger(),
                quorum(path + "quorum.", method.quorum()));
    }

    private static QuorumPolicy quorum(String path, QuorumProperties quorum) {
        int instances = or(quorum.instances(), QuorumPolicy.DEFAULTS.instances());
        if (instances < 1) {
            throw new InvalidConfigurationPropertyValueException(path + "instances", instances, "Expected 1 or more.");
        }
        int agree = or(quorum.agree(), instances / 2 + 1);
        if (agree < 1 || agree > instances) {
            throw new InvalidConfigurationPropertyValueException(
                    path + "agree", agree, "Expected a number from 1 to " + path + "instances, " + instances + ".");
        }
        return new QuorumPolicy(instances, agree);
    }

    private static @Nullable Duration hedgeDelay(String path, @Nullable Duration delay) {
        return delay == null ? null : positive(path + "hedge-delay", delay);
    }

    private static <T> T or(@Nullable T own, T otherwise) {
        return own != null ? own : otherwise;
    }

    private static Duration positive(String property, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new InvalidConfigurationPropertyValueException(
                    property, value, "Expected a duration greater than 0, for example 2s.");
        }
        return value;
    }

    @Contract("_, !null -> !null")
    private static @Nullable Duration positiveOrZero(String property, @Nullable Duration value) {
        if (value != null && value.isNegative()) {
            throw new InvalidConfigurationPropertyValueException(
                    property, value, "Expected 0 or a duration greater than 0, for example 5s.");
        }
        return value;
    }
}
