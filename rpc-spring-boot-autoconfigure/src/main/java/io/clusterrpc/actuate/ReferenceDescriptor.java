/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.loadbalance.EndpointView;
import io.clusterrpc.reference.ReferenceState;
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
 * @param discovery what the registry says; absent with a target of its own
 * @param breaker the circuit breaker
 * @param instances the known instances, sorted by id
 */
record ReferenceDescriptor(
        @Nullable String service,
        @Nullable String target,
        String connectivity,
        String algorithm,
        @Nullable Discovery discovery,
        Breaker breaker,
        List<InstanceDescriptor> instances)
        implements OperationResponseBody {

    static ReferenceDescriptor of(ReferenceState reference, Instant now) {
        ClusterSnapshot snapshot = reference.snapshot();
        boolean discovered = reference.explicitTarget() == null;
        return new ReferenceDescriptor(
                reference.service(),
                reference.explicitTarget(),
                lowerCase(reference.connectivity()),
                reference.settings().algorithm(),
                discovered ? Discovery.of(snapshot, now) : null,
                Breaker.of(reference.breaker()),
                discovered ? instances(snapshot, reference.endpoints().view()) : List.of());
    }

    private static List<InstanceDescriptor> instances(ClusterSnapshot snapshot, List<EndpointView> endpoints) {
        Map<String, InstanceDescriptor> instances = new TreeMap<>();
        snapshot.members()
                .forEach(member -> instances.put(
                        member.instance().id(), InstanceDescriptor.unconnected(member.instance(), member.listed())));
        endpoints.forEach(endpoint -> instances.put(endpoint.instance().id(), InstanceDescriptor.of(endpoint)));
        return List.copyOf(instances.values());
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
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
}
