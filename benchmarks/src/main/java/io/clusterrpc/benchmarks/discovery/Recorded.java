/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** What one process of the experiment wrote down. Immutable. */
record Recorded(List<Sample> events, List<Sample> calls, List<Sample> picks, List<Sample> stalls) {

    /** Empty if the process never ran. */
    static Recorded in(Path folder) throws IOException {
        return new Recorded(
                read(folder, "events.csv"),
                read(folder, "calls.csv"),
                read(folder, "picks.csv"),
                read(folder, "stalls.csv"));
    }

    private static List<Sample> read(Path folder, String file) throws IOException {
        Path path = folder.resolve(file);
        return Files.exists(path) ? Samples.read(path) : List.of();
    }

    /** In the order of time; of any name if none is given. */
    List<Sample> events(String phase, String name) {
        return events.stream()
                .filter(event -> event.is("phase", phase) && (name.isEmpty() || event.is("event", name)))
                .toList();
    }

    long event(String phase, String name) {
        return events(phase, name).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("events.csv: no '" + name + "' in phase '" + phase + "'"))
                .number("micros");
    }

    long count(String phase) {
        return calls.stream().filter(call -> call.is("phase", phase)).count();
    }

    long failed(String phase) {
        return calls.stream()
                .filter(call -> call.is("phase", phase) && !call.is("code", "OK"))
                .count();
    }

    /** When a port was picked: as the consumer's tracer saw it, or, behind nginx, when a call began that it answered. */
    NavigableSet<Long> picked(String phase, String port) {
        NavigableSet<Long> times = new TreeSet<>();
        if (phase.equals("nginx")) {
            calls.stream()
                    .filter(call -> call.is("phase", phase) && call.is("instance", "port " + port))
                    .forEach(call -> times.add(call.number("began")));
        } else {
            picks.stream().filter(pick -> pick.is("port", port)).forEach(pick -> times.add(pick.number("micros")));
        }
        return times;
    }
}
