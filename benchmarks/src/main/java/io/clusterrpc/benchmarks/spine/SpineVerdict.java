/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.spine;

import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Computes the figures of the spine from the raw samples of {@link SpineRun}, of the start-up runs and of the class paths. */
final class SpineVerdict {

    private static final long SECOND = 1_000_000;
    private static final long WINDOW = 2 * SECOND;

    private final List<Map<String, String>> calls;
    private final List<Map<String, String>> picks;
    private final List<Map<String, String>> events;
    private final List<Map<String, String>> starts;
    private final List<Map<String, String>> jars;

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
                "kill-calls",
                count("kill", false),
                SpineRun.CALLS_AT_KILL,
                "safe calls, one of three providers killed");
        verdict.exactly("kill-failed", count("kill", true), 0, "of them");
        Map<String, String> gone = event("kill", "gone");
        List<Long> sent = picks.stream()
                .filter(pick -> pick.get("port").equals(gone.get("port")))
                .map(SpineVerdict::micros)
                .toList();
        double last = sent.isEmpty() ? Double.NaN : (Collections.max(sent) - micros(gone)) / 1000.0;
        double dying = (micros(gone) - micros(event("kill", "killed"))) / 1000.0;
        verdict.atMost(
                "kill-last-pick-ms",
                last,
                100,
                "after the process was gone, which was " + dying + " ms after the signal; last of " + sent.size()
                        + " picks of it");
    }

    private void restart(Verdict verdict) {
        long gone = events.stream()
                .filter(e -> e.get("phase").equals("restart") && e.get("event").equals("gone"))
                .count();
        verdict.exactly("restarted", gone, 3, "providers, one after the other, by SIGTERM");
        long all = count("restart", false);
        verdict.exactly(
                "restart-failed",
                all == 0 ? Double.NaN : count("restart", true),
                0,
                "of " + all + " calls, half unsafe");
    }

    private void join(Verdict verdict) {
        Map<String, String> joined = event("join", "ready");
        long ready = micros(joined);
        long first = picks.stream()
                .filter(pick -> pick.get("port").equals(joined.get("port")))
                .mapToLong(SpineVerdict::micros)
                .min()
                .orElse(Long.MAX_VALUE);
        verdict.atMost(
                "join-first-call-ms",
                first == Long.MAX_VALUE ? Double.NaN : (first - ready) / 1000.0,
                1000,
                "after the joining provider said that it was ready");
        double worst = Double.NaN;
        StringBuilder curve = new StringBuilder();
        long warmUp = SpineRun.WARM_UP_SECONDS * SECOND;
        for (long from = ready; from + WINDOW <= ready + warmUp + WINDOW; from += WINDOW) {
            double share = share(joined.get("port"), from, from + WINDOW);
            double ramp = 100 * ramp((from + WINDOW / 2.0 - ready) / warmUp);
            double off = Math.abs(share - ramp);
            worst = Double.isNaN(worst) || Double.isNaN(off) || off > worst ? off : worst;
            curve.append(' ').append(Math.round(share)).append('/').append(Math.round(ramp));
        }
        verdict.atMost("join-ramp-off-points", worst, 10, "calls in % of the others' mean / ramp, every 2 s:" + curve);
    }

    private static double ramp(double elapsed) {
        return Math.min(1, 0.1 + 0.9 * elapsed);
    }

    /** The calls sent to a port in percent of the mean of the other ports. */
    private double share(String port, long from, long to) {
        long own = 0;
        Map<String, Long> others = new HashMap<>();
        for (Map<String, String> pick : picks) {
            long micros = micros(pick);
            if (micros >= from && micros < to) {
                if (pick.get("port").equals(port)) {
                    own++;
                } else {
                    others.merge(pick.get("port"), 1L, Long::sum);
                }
            }
        }
        return 100.0
                * own
                / others.values().stream().mapToLong(n -> n).average().orElse(Double.NaN);
    }

    private void startUp(Verdict verdict) {
        Map<String, Map<String, Double>> pairs = new TreeMap<>();
        for (Map<String, String> start : starts) {
            pairs.computeIfAbsent(start.get("pair"), pair -> new HashMap<>())
                    .put(start.get("application"), Double.valueOf(start.get("cpuMillis")));
        }
        // The first pair fills the caches of the machine.
        pairs.remove("0");
        List<Double> more = new ArrayList<>();
        List<Double> plain = new ArrayList<>();
        for (Map<String, Double> pair : pairs.values()) {
            more.add(pair.get("starter") - pair.get("plain"));
            plain.add(pair.get("plain"));
        }
        Collections.sort(more);
        verdict.exactly("start-up-pairs", more.size(), 15, "interleaved");
        verdict.below(
                "start-up-cpu-more-ms",
                median(more),
                300,
                "median, from " + more.get(0) + " to " + more.get(more.size() - 1) + "; without the starter "
                        + median(plain));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    private void jars(Verdict verdict) {
        List<Map<String, String>> added =
                jars.stream().filter(jar -> jar.get("added").equals("true")).toList();
        long bytes = added.stream()
                .mapToLong(jar -> Long.parseLong(jar.get("bytes")))
                .sum();
        verdict.below(
                "jars-added-kb",
                added.isEmpty() ? Double.NaN : bytes / 1000.0,
                2000,
                String.join(", ", added.stream().map(jar -> jar.get("jar")).toList()));
    }

    private long count(String phase, boolean failedOnly) {
        return calls.stream()
                .filter(call -> call.get("phase").equals(phase))
                .filter(call -> !failedOnly || !call.get("code").equals("OK"))
                .count();
    }

    private Map<String, String> event(String phase, String event) {
        return events.stream()
                .filter(e -> e.get("phase").equals(phase) && e.get("event").equals(event))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("events.csv: no '" + event + "' in phase '" + phase + "'"));
    }

    private static long micros(Map<String, String> sample) {
        return Long.parseLong(sample.get("micros"));
    }
}
