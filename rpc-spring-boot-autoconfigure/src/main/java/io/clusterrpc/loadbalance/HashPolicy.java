/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import org.jspecify.annotations.Nullable;

/**
 * What {@code consistent-hash} is told by a reference. Immutable.
 *
 * @param key where the key of a call comes from, {@code null} if only calls with a {@link io.clusterrpc.HashKey} have one
 * @param scheme how keys are divided
 * @param virtualNodes points on the ring of an instance with weight 100, 1 to 10000
 * @param boundedLoad whether an instance with too many calls in flight passes further ones on to the next of the key
 * @param loadFactor how many times its fair share of the calls in flight an instance may have then, above 1
 */
public record HashPolicy(
        @Nullable HashKeySource key, HashScheme scheme, int virtualNodes, boolean boundedLoad, double loadFactor) {

    /** What holds unless configured otherwise. */
    public static final HashPolicy DEFAULTS = new HashPolicy(null, HashScheme.SLOTS, 160, false, 1.25);

    /** Checks the numbers. */
    public HashPolicy {
        if (virtualNodes < 1 || virtualNodes > 10_000) {
            throw new IllegalArgumentException("virtualNodes: " + virtualNodes + " (expected: 1..10000)");
        }
        if (!(loadFactor > 1 && loadFactor <= 100)) {
            throw new IllegalArgumentException("loadFactor: " + loadFactor + " (expected: above 1, up to 100)");
        }
    }
}
