/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.discovery.ClusterSnapshot;
import java.time.Instant;

/** The text that a call fails with when its application has no instance. Stateless. */
final class NoInstances {

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

    private static String answered(ClusterSnapshot snapshot) {
        if (snapshot.asOf().equals(Instant.EPOCH)) {
            return "never answered";
        }
        boolean failing = snapshot.source() == ClusterSnapshot.Source.LAST_KNOWN;
        return (failing ? "failing since " : "last answered at ") + snapshot.asOf();
    }
}
