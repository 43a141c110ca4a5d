/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.time.Duration;

/**
 * How a reference balances, apart from the algorithm. Immutable.
 *
 * @param warmUp how long the share of a young instance rises from 10 % to 100 %; zero for no warm-up
 */
public record BalancingPolicy(Duration warmUp) {

    /** What holds unless configured otherwise. */
    public static final BalancingPolicy DEFAULTS = new BalancingPolicy(Duration.ofSeconds(30));

    /** Checks the duration. */
    public BalancingPolicy {
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException("warmUp: " + warmUp + " (expected: zero or longer)");
        }
    }

    /**
     * The same with another warm-up.
     *
     * @param warmUp zero or longer
     * @return a policy
     */
    public BalancingPolicy withWarmUp(Duration warmUp) {
        return new BalancingPolicy(warmUp);
    }
}
