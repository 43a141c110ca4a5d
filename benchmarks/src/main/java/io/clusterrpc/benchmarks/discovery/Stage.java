/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Timeline;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What all parts of the experiment share: one clock, and where samples go. Thread-safe. */
final class Stage implements AutoCloseable {

    private static final long PATIENCE_NANOS = 30_000_000_000L;

    final Path results;
    final Timeline timeline;
    final Samples events;
    final Samples calls;
    private final Stalls stalls;

    Stage(Path results, Timeline timeline) {
        this.results = results;
        this.timeline = timeline;
        this.events = new Samples(results.resolve("events.csv"), "phase", "micros", "event", "port");
        this.calls = new Samples(results.resolve("calls.csv"), Load.COLUMNS);
        this.stalls = new Stalls(timeline, results.resolve("stalls.csv"));
    }

    void happened(String phase, String event, int port) {
        events.add(phase, timeline.micros(), event, port);
    }

    static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    static void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited in vain until " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stalls.close();
        events.close();
        calls.close();
    }
}
