/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import java.time.Duration;

/** How long to wait after failures: doubling from 100 ms to a cap, of which a random half. Owned by the event loop. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(100);

    private final EventLoop loop;
    private final Duration cap;
    private int failures;

    Backoff(EventLoop loop, Duration cap) {
        this.loop = loop;
        this.cap = cap;
    }

    void reset() {
        failures = 0;
    }

    boolean failing() {
        return failures > 0;
    }

    Duration next() {
        Duration full = FIRST.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        return loop.between(full.compareTo(cap) < 0 ? full : cap, 0.5, 1);
    }
}
