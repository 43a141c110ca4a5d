/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.backend;

import java.time.Duration;

/** How long to wait after failures: doubling from 100 ms to a cap, of which a random half. Belongs to the thread of its owner. */
public final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(100);

    private final OwnerThread owner;
    private final Duration cap;
    private int failures;

    /**
     * Begins without failures.
     *
     * @param owner throws the dice
     * @param cap the longest pause
     */
    public Backoff(OwnerThread owner, Duration cap) {
        this.owner = owner;
        this.cap = cap;
    }

    /** It worked. */
    public void reset() {
        failures = 0;
    }

    /**
     * Whether it failed since it last worked.
     *
     * @return {@code false} at the beginning
     */
    public boolean failing() {
        return failures > 0;
    }

    /**
     * It failed once more.
     *
     * @return how long to wait before the next try
     */
    public Duration next() {
        Duration full = FIRST.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        return owner.between(full.compareTo(cap) < 0 ? full : cap, 0.5, 1);
    }
}
