/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Timeline;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Notes when this process stood still, because the machine was busy or it collected garbage: whenever a thread that wants to run every
 * millisecond could not for five. What was slow meanwhile may have been slow for that.
 */
final class Stalls implements AutoCloseable {

    private static final long PERIOD_NANOS = 1_000_000;
    private static final long WORTH_NOTING_NANOS = 5_000_000;

    private final Samples samples;
    private final Thread thread;
    private volatile boolean stopped;

    Stalls(Timeline timeline, Path file) {
        samples = new Samples(file, "micros", "lasted");
        thread = new Thread(() -> watch(timeline), "stalls");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(Timeline timeline) {
        while (!stopped) {
            long began = System.nanoTime();
            LockSupport.parkNanos(PERIOD_NANOS);
            long late = System.nanoTime() - began - PERIOD_NANOS;
            if (late >= WORTH_NOTING_NANOS) {
                samples.add(timeline.micros() - late / 1000, late / 1000);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
        samples.close();
    }
}
