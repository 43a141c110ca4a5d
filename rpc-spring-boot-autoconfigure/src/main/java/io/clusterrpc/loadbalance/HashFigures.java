/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.util.concurrent.atomic.LongAdder;

/** What {@code consistent-hash} of a reference could not do as its name says, counted. Thread-safe. */
public final class HashFigures {

    private final LongAdder keyless = new LongAdder();
    private final LongAdder spilled = new LongAdder();

    /** Starts at 0. */
    public HashFigures() {}

    /** A pick for a call without a key. */
    public void keylessPick() {
        keyless.increment();
    }

    /** A pick that passed the instance of its key because that had too many calls in flight. */
    public void spilledPick() {
        spilled.increment();
    }

    /**
     * Picks for calls without a key, which chance decided.
     *
     * @return a count
     */
    public long keyless() {
        return keyless.sum();
    }

    /**
     * Picks that passed the instance of their key because that had too many calls in flight.
     *
     * @return a count
     */
    public long spilled() {
        return spilled.sum();
    }
}
