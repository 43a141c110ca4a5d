/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

/**
 * How many instances are asked, and how many have to answer the same. Immutable.
 *
 * @param instances how many are asked, fewer if there are not as many; {@link Integer#MAX_VALUE} for all
 * @param agree how many equal answers are enough
 */
public record QuorumPolicy(int instances, int agree) {

    /** Two of three. */
    public static final QuorumPolicy DEFAULTS = new QuorumPolicy(3, 2);

    /** Checks the numbers. */
    public QuorumPolicy {
        if (instances < 1) {
            throw new IllegalArgumentException("quorum instances: " + instances + " (expected: 1 or more)");
        }
        if (agree < 1 || agree > instances) {
            throw new IllegalArgumentException(
                    "quorum agree: " + agree + " (expected: 1 to the number of instances asked, " + instances + ")");
        }
    }
}
