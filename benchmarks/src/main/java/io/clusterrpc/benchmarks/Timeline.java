/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Microseconds of the wall clock that never jump: the wall clock is read once, then the monotonic clock adds to it. Thread-safe. */
public final class Timeline {

    private final long startMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    private final long startNanos = System.nanoTime();

    /**
     * The time now.
     *
     * @return microseconds since 1970
     */
    public long micros() {
        return startMicros + (System.nanoTime() - startNanos) / 1000;
    }
}
