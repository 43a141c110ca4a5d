/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

/** Figures that a test sets. */
final class FakeSource implements LoadSource {

    volatile int inFlight = 1;
    volatile int limit;
    volatile long cpuNanos;
    volatile int processors = 2;

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public int limit() {
        return limit;
    }

    @Override
    public long cpuNanos() {
        return cpuNanos;
    }

    @Override
    public int processors() {
        return processors;
    }
}
