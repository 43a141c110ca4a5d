/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Instances that join and leave one registry. This JVM is the consumer, so that calls, picks and changes are stamped by one clock. Writes
 * {@code events.csv}, {@code calls.csv}, {@code picks.csv} and {@code stalls.csv}; judges nothing.
 */
public final class ChangesRun {

    private ChangesRun() {}

    /**
     * Has instances join and leave.
     *
     * @param results the folder for the samples, made if it is not there
     * @param registry where
     * @param quietMillis the shortest time between two changes; the longest is twice that
     * @throws Exception if something could not be started, or never happened
     */
    public static void run(Path results, Registry registry, long quietMillis) throws Exception {
        Files.createDirectories(results);
        try (Stage stage = new Stage(results, new Timeline());
                Members members = new Members(registry);
                Consumer consumer = new Consumer(stage, registry, "picks.csv")) {
            new Changes(stage, registry, consumer.directory())
                    .joinAndLeave(registry.name(), consumer.greeter(), quietMillis);
        }
    }
}
