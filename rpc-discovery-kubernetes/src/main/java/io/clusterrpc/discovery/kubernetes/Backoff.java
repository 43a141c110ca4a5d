/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import java.time.Duration;

/** How long to wait after failures: doubling from 100 ms to 5 s, of which a random half. Owned by the event loop. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Threads threads;
    private int failures;

    Backoff(Threads threads) {
        this.threads = threads;
    }

    void reset() {
        failures = 0;
    }

    Duration next() {
        Duration full = FIRST.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        return threads.between(full.compareTo(LONGEST) < 0 ? full : LONGEST, 0.5, 1);
    }
}
