/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.EndpointView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One instance as a reference sees it.
 *
 * @param id id of the instance
 * @param address where it is connected to
 * @param zone its failure domain
 * @param version the application's version
 * @param weight the weight that it registered with
 * @param effectiveWeight the weight that the algorithm uses now, in a scale of its own, 0 while it gets no calls
 * @param warmUpPercent how warm it is; absent once warm
 * @param startTime when it became ready; absent if unknown
 * @param listed whether the registry still lists it
 * @param state state of the connection
 * @param unusedBecause why it gets no calls; absent if it does
 * @param ejection why and how long it is ejected; absent if it is not
 * @param inFlight calls under way
 * @param latencyMillis moving average of the time to the first response; absent if unknown
 * @param picks attempts that were sent to it
 * @param successes calls that it answered, whatever the answer
 * @param failures calls that failed for a reason of the instance
 * @param reportedLoad what it reported last of its load; absent if nothing
 * @param tags its tags
 * @param grpcServices gRPC services that it offers; empty if unknown
 */
record InstanceDescriptor(
        String id,
        String address,
        @Nullable String zone,
        @Nullable String version,
        int weight,
        double effectiveWeight,
        @Nullable Integer warmUpPercent,
        @Nullable Instant startTime,
        boolean listed,
        String state,
        @Nullable String unusedBecause,
        @Nullable EjectionDescriptor ejection,
        int inFlight,
        @Nullable Double latencyMillis,
        long picks,
        long successes,
        long failures,
        @Nullable LoadDescriptor reportedLoad,
        Map<String, String> tags,
        Set<String> grpcServices) {

    static InstanceDescriptor of(EndpointView view) {
        ServiceInstance instance = view.instance();
        return new InstanceDescriptor(
                instance.id(),
                instance.address(),
                instance.zone(),
                instance.version(),
                instance.weight(),
                Math.round(view.weight() * 1000) / 1000.0,
                view.warmth() < 1 ? (int) (view.warmth() * 100) : null,
                known(instance.startTime()),
                view.listed(),
                view.state().name().toLowerCase(Locale.ROOT),
                view.unusedBecause(),
                view.ejection() == null ? null : EjectionDescriptor.of(view.ejection()),
                view.inFlight(),
                view.latencyNanos() == 0 ? null : view.latencyNanos() / 1000 / 1000.0,
                view.picks(),
                view.successes(),
                view.failures(),
                LoadDescriptor.of(view.load()),
                new TreeMap<>(instance.tags()),
                new TreeSet<>(instance.grpcServices()));
    }

    /** An instance that the registry knows and the channel is not interested in. */
    static InstanceDescriptor unconnected(ServiceInstance instance, boolean listed, String reason) {
        return new InstanceDescriptor(
                instance.id(),
                instance.address(),
                instance.zone(),
                instance.version(),
                instance.weight(),
                0,
                null,
                known(instance.startTime()),
                listed,
                "idle",
                reason,
                null,
                0,
                null,
                0,
                0,
                0,
                null,
                new TreeMap<>(instance.tags()),
                new TreeSet<>(instance.grpcServices()));
    }

    private static @Nullable Instant known(Instant time) {
        return time.equals(Instant.EPOCH) ? null : time.truncatedTo(ChronoUnit.MILLIS);
    }
}
