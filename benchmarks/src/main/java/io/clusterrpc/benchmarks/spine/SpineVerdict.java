/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.spine;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Computes the figures of the spine from the raw samples of {@link SpineRun}, of the start-up runs and of the class paths. */
final class SpineVerdict {

    private static final long SECOND = 1_000_000;
    private static final long WINDOW = 2 * SECOND;

    private final List<Sample> calls;
    private final List<Sample> picks;
    private final List<Sample> events;
    private final List<Sample> starts;
    private final List<Sample> jars;

    private SpineVerdict(Path results) throws IOException {
        calls = Samples.read(results.resolve("calls.csv"));
        picks = Samples.read(results.resolve("picks.csv"));
        events = Samples.read(results.resolve("events.csv"));
        starts = Samples.read(results.resolve("starts.csv"));
        jars = Samples.read(results.resolve("jars.csv"));
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        System.exit(of(Path.of(args[0])).print(System.out) ? 0 : 1);
    }

    static Verdict of(Path results) throws IOException {
        SpineVerdict samples = new SpineVerdict(results);
        Verdict verdict = new Verdict("spine");
        samples.kill(verdict);
        samples.restart(verdict);
        samples.join(verdict);
        samples.startUp(verdict);
        samples.jars(verdict);
        return verdict;
    }

    private void kill(Verdict verdict) {
        verdict.exactly(
                "kill-calls", calls("kill").size(), SpineRun.CALLS_AT_KILL, "safe, one of three providers killed");
        verdict.exactly("kill-failed", failed("kill"), 0, "of them");
        Sample gone = event("kill", "gone");
        List<Long> sent = picksOf(gone.text("port"));
        double last = sent.isEmpty() ? Double.NaN : (Collections.max(sent) - gone.number("micros")) / 1000.0;
        double dying = (gone.number("micros") - event("kill", "killed").number("micros")) / 1000.0;
        verdict.atMost(
                "kill-last-pick-ms",
                last,
                100,
                "after the process was gone, which was " + dying + " ms after the signal; last of " + sent.size()
                        + " picks of it");
    }

    private void restart(Verdict verdict) {
        long gone = events.stream()
                .filter(event -> event.is("phase", "restart") && event.is("event", "gone"))
                .count();
        verdict.exactly("restarted", gone, 3, "providers, one after the other, by SIGTERM");
        int all = calls("restart").size();
        verdict.exactly(
                "restart-failed", all == 0 ? Double.NaN : failed("restart"), 0, "of " + all + " calls, half unsafe");
    }

    private void join(Verdict verdict) {
        Sample joined = event("join", "ready");
        String port = joined.text("port");
        long ready = joined.number("micros");
        List<Long> sent = picksOf(port);
        verdict.atMost(
                "join-first-call-ms",
                sent.isEmpty() ? Double.NaN : (Collections.min(sent) - ready) / 1000.0,
                1000,
                "after the joining provider said that it was ready");
        long warmUp = SpineRun.WARM_UP_SECONDS * SECOND;
        List<Double> off = new ArrayList<>();
        StringBuilder curve = new StringBuilder();
        for (long elapsed = 0; elapsed <= warmUp; elapsed += WINDOW) {
            double share = share(port, ready + elapsed, ready + elapsed + WINDOW);
            double ramp = 100 * Math.min(1, 0.1 + 0.9 * (elapsed + WINDOW / 2.0) / warmUp);
            off.add(Math.abs(share - ramp));
            curve.append(' ').append(Math.round(share)).append('/').append(Math.round(ramp));
        }
        verdict.atMost(
                "join-ramp-off-points",
                Collections.max(off),
                10,
                "calls in % of the mean of the others / ramp, every 2 s:" + curve);
    }

    /** The calls sent to a port in percent of the mean of the other ports; NaN, and so a miss, if those got none. */
    private double share(String port, long from, long to) {
        Map<String, Long> counts = picks.stream()
                .filter(pick -> pick.number("micros") >= from && pick.number("micros") < to)
                .collect(Collectors.groupingBy(pick -> pick.text("port"), HashMap::new, Collectors.counting()));
        Long own = counts.remove(port);
        double others = counts.values().stream().mapToLong(n -> n).average().orElse(Double.NaN);
        return 100.0 * (own == null ? 0 : own) / others;
    }

    private void startUp(Verdict verdict) {
        Map<String, Long> plain = starts("plain");
        Map<String, Long> starter = starts("starter");
        List<Long> more = new ArrayList<>();
        plain.forEach((pair, millis) -> more.add(starter.getOrDefault(pair, Long.MAX_VALUE) - millis));
        verdict.exactly("start-up-pairs", more.size(), 15, "interleaved, three starts of each");
        verdict.below(
                "start-up-cpu-more-ms",
                median(more),
                300,
                "median of the pairs, from " + Collections.min(more) + " to " + Collections.max(more)
                        + "; medians of each: " + median(plain.values()) + " without, " + median(starter.values())
                        + " with the starter");
    }

    /** Mean CPU time by pair, without the first pair, which fills the caches of the machine. */
    private Map<String, Long> starts(String application) {
        return starts.stream()
                .filter(start -> start.is("application", application) && !start.is("pair", "0"))
                .collect(Collectors.groupingBy(
                        start -> start.text("pair"),
                        Collectors.collectingAndThen(
                                Collectors.averagingLong(start -> start.number("cpuMillis")), Math::round)));
    }

    private static double median(Iterable<Long> values) {
        List<Long> sorted = new ArrayList<>();
        values.forEach(sorted::add);
        Collections.sort(sorted);
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    private void jars(Verdict verdict) {
        List<Sample> added =
                jars.stream().filter(jar -> jar.is("added", "true")).toList();
        long bytes = added.stream().mapToLong(jar -> jar.number("bytes")).sum();
        verdict.below(
                "jars-added-kb",
                added.isEmpty() ? Double.NaN : bytes / 1000.0,
                2000,
                added.stream().map(jar -> jar.text("jar")).collect(Collectors.joining(", ")));
    }

    private List<Sample> calls(String phase) {
        return calls.stream().filter(call -> call.is("phase", phase)).toList();
    }

    private long failed(String phase) {
        return calls(phase).stream().filter(call -> !call.is("code", "OK")).count();
    }

    private List<Long> picksOf(String port) {
        return picks.stream()
                .filter(pick -> pick.is("port", port))
                .map(pick -> pick.number("micros"))
                .toList();
    }

    private Sample event(String phase, String name) {
        return events.stream()
                .filter(event -> event.is("phase", phase) && event.is("event", name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("events.csv: no '" + name + "' in phase '" + phase + "'"));
    }
}
