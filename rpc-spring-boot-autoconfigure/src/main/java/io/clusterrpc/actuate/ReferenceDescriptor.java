/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.EndpointState;
import io.clusterrpc.loadbalance.EndpointView;
import io.clusterrpc.loadbalance.route.Canary;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.Subset;
import io.clusterrpc.reference.ReferenceState;
import io.clusterrpc.resilience.RetryBudgetState;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * One reference: where its calls go, and what stands in their way.
 *
 * @param service the application that it refers to; absent while no catalog has named it
 * @param target the target that takes the place of discovery; absent if discovery is in charge
 * @param connectivity state of the channel
 * @param algorithm name of the balancing algorithm
 * @param routing which instances calls shall go to; absent if all are alike
 * @param discovery what the registry says; absent with a target of its own
 * @param breaker the circuit breaker
 * @param retryBudget what further attempts may add to the load
 * @param instances the known instances, sorted by id
 */
record ReferenceDescriptor(
        @Nullable String service,
        @Nullable String target,
        String connectivity,
        String algorithm,
        @Nullable Routing routing,
        @Nullable Discovery discovery,
        Breaker breaker,
        RetryBudget retryBudget,
        List<InstanceDescriptor> instances)
        implements OperationResponseBody {

    static ReferenceDescriptor of(ReferenceState reference, Instant now) {
        ClusterSnapshot snapshot = reference.snapshot();
        boolean discovered = reference.explicitTarget() == null;
        BalancingPolicy balancing = reference.settings().balancing();
        Subset subset = balancing.subset();
        return new ReferenceDescriptor(
                reference.service(),
                reference.explicitTarget(),
                lowerCase(reference.connectivity()),
                reference.settings().algorithm(),
                discovered ? Routing.of(balancing) : null,
                discovered ? Discovery.of(snapshot, now) : null,
                Breaker.of(reference.breaker()),
                RetryBudget.of(reference.retryBudget(), reference.undelivered()),
                discovered ? instances(snapshot, reference.endpoints().view(), subset) : List.of());
    }

    private static List<InstanceDescriptor> instances(
            ClusterSnapshot snapshot, List<EndpointView> endpoints, Subset subset) {
        boolean rests = endpoints.stream().allMatch(endpoint -> endpoint.state() == EndpointState.IDLE);
        String reason = rests || !subset.limits()
                ? "the channel rests; the next call connects it"
                : "not in this client's subset of " + subset.size();
        Map<String, InstanceDescriptor> instances = new TreeMap<>();
        snapshot.members()
                .forEach(member -> instances.put(
                        member.instance().id(),
                        InstanceDescriptor.unconnected(member.instance(), member.listed(), reason)));
        endpoints.forEach(endpoint -> instances.put(endpoint.instance().id(), InstanceDescriptor.of(endpoint)));
        return List.copyOf(instances.values());
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Which instances calls shall go to.
     *
     * @param zone the own zone; absent if zones do not matter
     * @param zoneRule prefer or strict; absent if zones do not matter
     * @param tags the tags wanted
     * @param strict whether calls fail where no instance has them
     * @param canary the tags that tell canaries; absent if there are none
     * @param canaryPercent their share of the calls; absent if there are none
     * @param subset how many instances of each group are connected; absent for all
     * @param client what distinguishes this client when it chooses its subset; absent for all
     */
    record Routing(
            @Nullable String zone,
            @Nullable String zoneRule,
            Map<String, String> tags,
            boolean strict,
            @Nullable Map<String, String> canary,
            @Nullable Double canaryPercent,
            @Nullable Integer subset,
            @Nullable String client) {

        static @Nullable Routing of(BalancingPolicy policy) {
            RoutePolicy route = policy.route();
            Subset subset = policy.subset();
            if (!route.routes() && !subset.limits()) {
                return null;
            }
            Canary canary = route.canary();
            return new Routing(
                    route.zoned() ? route.zone() : null,
                    route.zoned() ? lowerCase(route.zoneRule()) : null,
                    new TreeMap<>(route.wanted().tags()),
                    route.strict(),
                    canary == null ? null : new TreeMap<>(canary.match().tags()),
                    canary == null ? null : Math.round(canary.share() * 1e6) / 1e4,
                    subset.limits() ? subset.size() : null,
                    subset.limits() ? subset.client() : null);
        }
    }

    /**
     * What the registry says of the application.
     *
     * @param backends the registries asked
     * @param source where the list came from: live, last_known, disk or unknown
     * @param asOf when a registry last told the list, or, once it fails, when it first did so; absent if it never answered
     * @param age the time since then; absent for a live list, which is as old as the moment however long ago it changed
     * @param problem why the registry cannot be asked now; absent if it can
     */
    record Discovery(
            List<String> backends,
            String source,
            @Nullable Instant asOf,
            @Nullable Duration age,
            @Nullable String problem) {

        static Discovery of(ClusterSnapshot snapshot, Instant now) {
            boolean confirmed = !snapshot.asOf().equals(Instant.EPOCH);
            return new Discovery(
                    snapshot.backends(),
                    lowerCase(snapshot.source()),
                    confirmed ? snapshot.asOf().truncatedTo(ChronoUnit.MILLIS) : null,
                    confirmed && snapshot.source() != ClusterSnapshot.Source.LIVE
                            ? Duration.between(snapshot.asOf(), now).truncatedTo(ChronoUnit.MILLIS)
                            : null,
                    snapshot.problem());
        }
    }

    /**
     * The circuit breaker of the reference.
     *
     * @param state its state
     * @param failureRatePercent share of failed calls in its window; absent until it has seen enough
     * @param failedCalls failed calls in its window
     * @param bufferedCalls calls in its window
     * @param rejectedCalls calls that it rejected since it opened
     */
    record Breaker(
            String state, @Nullable Float failureRatePercent, int failedCalls, int bufferedCalls, long rejectedCalls) {

        static Breaker of(CircuitBreaker breaker) {
            CircuitBreaker.Metrics metrics = breaker.getMetrics();
            return new Breaker(
                    lowerCase(breaker.getState()),
                    metrics.getFailureRate() < 0 ? null : metrics.getFailureRate(),
                    metrics.getNumberOfFailedCalls(),
                    metrics.getNumberOfBufferedCalls(),
                    metrics.getNumberOfNotPermittedCalls());
        }
    }

    /**
     * The retry budget of the reference.
     *
     * @param calls calls that began in the last two seconds
     * @param retries further attempts of the same time, hedges included
     * @param allowed how many there may be
     * @param refused how many were refused since the start
     * @param undelivered how many attempts since the start surely reached nobody and were made again at no charge
     */
    record RetryBudget(long calls, long retries, long allowed, long refused, long undelivered) {

        static RetryBudget of(RetryBudgetState budget, long undelivered) {
            return new RetryBudget(budget.calls(), budget.retries(), budget.allowed(), budget.refused(), undelivered);
        }
    }
}
