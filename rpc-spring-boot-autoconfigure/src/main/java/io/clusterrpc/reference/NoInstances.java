/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.loadbalance.EndpointView;
import java.time.Instant;
import java.util.Collection;
import java.util.stream.Collectors;

/** The texts that calls and eager starts fail with when an application has no instance, or none that is connected. Stateless. */
final class NoInstances {

    private static final int NAMED = 3;

    private NoInstances() {}

    /** Says who was asked, when they last answered, and what to change. */
    static String describe(String reference, ClusterSnapshot snapshot) {
        String asked = String.join(", ", snapshot.backends());
        String answered = answered(snapshot);
        String problem = snapshot.problem() == null ? "" : ": " + snapshot.problem();
        return "reference '" + reference + "': no instance of service '" + snapshot.service() + "' (asked: " + asked
                + ", "
                + answered + ")" + problem + "; start a provider with spring.application.name=" + snapshot.service()
                + ", or set rpc.references." + reference
                + ".service to the provider's name, or rpc.discovery.backends to the"
                + " registry that lists it";
    }

    /** Who is known, and why nobody is connected. */
    static String describeUnconnected(String reference, ClusterSnapshot snapshot, Collection<EndpointView> endpoints) {
        if (endpoints.isEmpty()) {
            return describe(reference, snapshot);
        }
        String named = endpoints.stream()
                .limit(NAMED)
                .map(it -> it.instance().id() + " at " + it.instance().address() + ": "
                        + (it.unusedBecause() != null ? it.unusedBecause() : it.state()))
                .collect(Collectors.joining("; "));
        return "reference '" + reference + "': none of " + endpoints.size() + " known instances of service '"
                + snapshot.service() + "' is connected: " + named + (endpoints.size() > NAMED ? "; ..." : "");
    }

    private static String answered(ClusterSnapshot snapshot) {
        if (snapshot.asOf().equals(Instant.EPOCH)) {
            return "never answered";
        }
        boolean failing = snapshot.source() == ClusterSnapshot.Source.LAST_KNOWN;
        return (failing ? "failing since " : "last answered at ") + snapshot.asOf();
    }
}
