/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.ZoneRule;
import io.grpc.Status;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The answers to a call that no instance can get, in words that say what to look at. Bounded in length. */
final class Unavailable {

    private static final int NAMED = 3;

    private Unavailable() {}

    static Status noInstances(String reference, @Nullable String explanation) {
        return Status.UNAVAILABLE.withDescription(
                explanation != null ? explanation : reference + ": no instances are known");
    }

    static Status unresolved(String reference, Status error) {
        return Status.UNAVAILABLE
                .withDescription(reference + ": instances cannot be looked up: " + error.getDescription())
                .withCause(error.getCause());
    }

    static Status unreachable(String reference, Collection<Endpoint> endpoints) {
        String named = endpoints.stream()
                .limit(NAMED)
                .map(endpoint -> endpoint.id() + " at " + endpoint.address() + ": " + endpoint.lastFailure())
                .collect(Collectors.joining("; "));
        int others = endpoints.size() - NAMED;
        return Status.UNAVAILABLE.withDescription(reference + ": none of " + endpoints.size()
                + " known instances can be reached: " + named + (others > 0 ? "; and " + others + " more" : ""));
    }

    static Status notOffered(String reference, List<ReadyEndpoint> ready, String grpcService) {
        Set<String> offered = new TreeSet<>();
        ready.forEach(endpoint -> offered.addAll(endpoint.instance().grpcServices()));
        String named = offered.stream().limit(NAMED).collect(Collectors.joining(", "));
        return Status.UNAVAILABLE.withDescription(reference + ": none of " + ready.size()
                + " connected instances offers the gRPC service " + grpcService + " (expected one of: " + named
                + (offered.size() > NAMED ? ", ..." : "") + ")");
    }

    static Status notConnected(String reference, List<ReadyEndpoint> ready, String id) {
        return Status.UNAVAILABLE.withDescription(reference + ": instance " + id
                + " is not connected (expected: one of "
                + ready.stream().limit(NAMED).map(ReadyEndpoint::id).collect(Collectors.joining(", "))
                + (ready.size() > NAMED ? ", ..." : "") + "; with rpc.references." + reference
                + ".subset there are instances that never are)");
    }

    static Status ruledOut(String reference, List<ReadyEndpoint> ready, RoutePolicy route) {
        String wanted = route.zoneRule() == ZoneRule.STRICT ? "in zone " + route.zone() : "";
        if (route.strict()) {
            wanted += (wanted.isEmpty() ? "" : ", ") + "with tags "
                    + new TreeMap<>(route.wanted().tags());
        }
        return Status.UNAVAILABLE.withDescription(
                reference + ": the route rules out all of " + ready.size() + " connected instances (expected: one "
                        + wanted + "; rpc.references." + reference + ".route says so)");
    }
}
