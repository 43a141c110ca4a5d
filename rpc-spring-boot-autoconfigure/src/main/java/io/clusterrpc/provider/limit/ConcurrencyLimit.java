/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

/** Decides how many calls may be in flight in this application, from how they went. Thread-safe; never blocks. */
public interface ConcurrencyLimit {

    /**
     * How many calls may be in flight now. Read for every call.
     *
     * @return 1 or more
     */
    int limit();

    /**
     * A call that was let in has ended.
     *
     * @param arrivedNanos when its request arrived, waiting for a thread included, on the clock of {@link System#nanoTime()}
     * @param endedNanos when its handler was done with it
     * @param inFlight how many calls were in flight just before it ended, itself included
     */
    void ended(long arrivedNanos, long endedNanos, int inFlight);

    /**
     * A limit that follows the latency, see {@code docs/provider.md}.
     *
     * @param settings the range
     * @return a new limit
     */
    static ConcurrencyLimit adaptive(LimitSettings settings) {
        return new AdaptiveLimit(settings);
    }
}
