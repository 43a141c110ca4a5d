/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.provider.RpcProviderState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One server of this application and how consumers know it.
 *
 * @param service the application's name
 * @param id id of this instance, new with every start
 * @param address the advertised address
 * @param addressReason why that address
 * @param zone its failure domain
 * @param version the application's version
 * @param weight the announced weight
 * @param tags the announced tags
 * @param grpcServices the gRPC services offered
 * @param phase starting, announced, refusing, draining or unannounced
 * @param since when the phase began
 * @param heldBackBy what a starting or refusing server waits for: readinessState, or names of RpcReadiness beans
 * @param backends the registries concerned
 * @param registration registered, or retrying while a registry does not hold the announcement; absent if nothing is announced
 */
record OfferDescriptor(
        String service,
        String id,
        String address,
        String addressReason,
        @Nullable String zone,
        @Nullable String version,
        int weight,
        Map<String, String> tags,
        Set<String> grpcServices,
        String phase,
        Instant since,
        List<String> heldBackBy,
        List<String> backends,
        @Nullable String registration) {

    static OfferDescriptor of(RpcProviderState state) {
        ServiceInstance instance = state.instance();
        return new OfferDescriptor(
                instance.service(),
                instance.id(),
                instance.address(),
                state.addressReason(),
                instance.zone(),
                instance.version(),
                instance.weight(),
                new TreeMap<>(instance.tags()),
                new TreeSet<>(instance.grpcServices()),
                state.phase().name().toLowerCase(Locale.ROOT),
                state.since().truncatedTo(ChronoUnit.MILLIS),
                state.heldBackBy(),
                state.backends(),
                registration(state));
    }

    private static @Nullable String registration(RpcProviderState state) {
        if (state.phase() != RpcProviderState.Phase.ANNOUNCED) {
            return null;
        }
        return state.registered() ? "registered" : "retrying";
    }
}
