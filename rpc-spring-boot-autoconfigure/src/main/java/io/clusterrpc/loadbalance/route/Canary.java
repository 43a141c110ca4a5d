/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

/**
 * A share of the calls for some instances. The others get the rest and nothing but the rest.
 *
 * @param match which instances
 * @param share of the calls, 0 to 1
 */
public record Canary(InstanceMatch match, double share) {

    /** Checks the share. */
    public Canary {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: 0..1)");
        }
        if (match.tags().isEmpty()) {
            throw new IllegalArgumentException("match: no tags (expected: at least one)");
        }
    }
}
