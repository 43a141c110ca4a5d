/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.util.concurrent.atomic.LongAdder;

/** How many calls of a reference stayed in the own zone and how many left it. Counts nothing where zones do not matter. Thread-safe. */
public final class ZoneFigures {

    private final LongAdder own = new LongAdder();
    private final LongAdder other = new LongAdder();

    /** Starts at 0. */
    public ZoneFigures() {}

    /**
     * An instance was picked.
     *
     * @param near whether it is in the own zone
     */
    public void picked(boolean near) {
        (near ? own : other).increment();
    }

    /**
     * Picks of an instance in the own zone.
     *
     * @return a count
     */
    public long own() {
        return own.sum();
    }

    /**
     * Picks of an instance in another zone, or in none.
     *
     * @return a count
     */
    public long other() {
        return other.sum();
    }
}
