/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The samples of one fault. Immutable. Times are microseconds since 1970. */
final class Recording {

    private final List<Sample> all;
    private final List<Sample> calls;
    private final List<Sample> events;

    private Recording(List<Sample> all, List<Sample> events) {
        this.all = all;
        this.calls = of(all, Lab.FAULT).toList();
        this.events = events;
    }

    static Recording of(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> String.valueOf(file.getFileName()).matches("calls.*\\.csv"))
                    .sorted()
                    .toList();
        }
        List<Sample> calls = new ArrayList<>();
        for (Path file : files) {
            calls.addAll(Samples.read(file));
        }
        return new Recording(List.copyOf(calls), Samples.read(folder.resolve("events.csv")));
    }

    private static Stream<Sample> of(List<Sample> calls, String phase) {
        return calls.stream().filter(call -> call.is("phase", phase));
    }

    /** The calls of another phase that began in a span of time. */
    List<Sample> calls(String phase, long from, long to) {
        return of(all, phase).filter(began(from, to)).toList();
    }

    private static Predicate<Sample> began(long from, long to) {
        return call -> call.number("began") >= from && call.number("began") < to;
    }

    /** All calls made while the fault was there. */
    List<Sample> calls() {
        return calls;
    }

    /** The calls that began in a span of time. */
    List<Sample> calls(long from, long to) {
        return calls.stream().filter(began(from, to)).toList();
    }

    static long failed(List<Sample> calls) {
        return calls.stream().filter(failure()).count();
    }

    static Predicate<Sample> failure() {
        return call -> !call.is("code", "OK");
    }

    /** When something happened first. */
    long at(String event) {
        return one(event).number("micros");
    }

    /** What was written of its first time. */
    String detail(String event) {
        return one(event).text("detail");
    }

    /** All times at which it happened. */
    List<Sample> events(String event) {
        return events.stream().filter(sample -> sample.is("event", event)).toList();
    }

    private Sample one(String event) {
        return events(event).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("events.csv: no '" + event + "'"));
    }

    static double millis(Sample call) {
        return (call.number("ended") - call.number("began")) / 1000.0;
    }

    /** A quantile of the latencies in milliseconds; NaN if there are no calls. */
    static double quantile(List<Sample> calls, double quantile) {
        double[] sorted = calls.stream().mapToDouble(Recording::millis).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, quantile * sorted.length)];
    }

    /** How many seconds after a point in time a process answered a call that began since; infinite if it answered none. */
    double secondsUntilUsed(String pid, long from) {
        return calls(from, Long.MAX_VALUE).stream()
                .filter(call -> call.text("instance").startsWith("pid " + pid + " "))
                .mapToLong(call -> call.number("ended") - from)
                .min()
                .stream()
                .mapToDouble(micros -> micros / 1e6)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    static double percent(double part, double whole) {
        return 100.0 * part / whole;
    }

    static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
