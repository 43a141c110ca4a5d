/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Computes the figures of the experiment from its raw samples. */
final class DiscoveryVerdict {

    private final List<Sample> events;
    private final List<Sample> calls;
    private final List<Sample> picks;
    private final List<Sample> requests;
    private final List<Sample> consumer;

    private DiscoveryVerdict(Path results) throws IOException {
        events = Samples.read(results.resolve("events.csv"));
        calls = Samples.read(results.resolve("calls.csv"));
        picks = Samples.read(results.resolve("picks.csv"));
        requests = Samples.read(results.resolve("requests.csv"));
        consumer = Samples.read(results.resolve("consumer.csv"));
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        System.exit(of(Path.of(args[0])).print(System.out) ? 0 : 1);
    }

    static Verdict of(Path results) throws IOException {
        DiscoveryVerdict samples = new DiscoveryVerdict(results);
        Verdict verdict = new Verdict("discovery");
        samples.changes(verdict, "consul", 50, 250);
        samples.kills(verdict);
        samples.changes(verdict, "nginx", 1000, 2000);
        samples.outages(verdict);
        samples.bulk(verdict);
        return verdict;
    }

    /** Leaving: until the last pick of the one that left. Joining: until its first. */
    private void changes(Verdict verdict, String phase, double leaveBar, double joinBar) {
        List<Sample> changes = events(phase, "");
        List<Double> leaves = new ArrayList<>();
        List<Double> joins = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            Sample change = changes.get(i);
            long at = change.number("micros");
            long until = i + 1 < changes.size() ? changes.get(i + 1).number("micros") : Long.MAX_VALUE;
            NavigableSet<Long> picked = picked(phase, change.text("port")).subSet(at, true, until, false);
            if (change.is("event", "leaves")) {
                leaves.add(picked.isEmpty() ? 0 : (picked.last() - at) / 1000.0);
            } else {
                joins.add(picked.isEmpty() ? Double.NaN : (picked.first() - at) / 1000.0);
            }
        }
        verdict.exactly(phase + "-changes", changes.size(), 2.0 * Changes.ROUNDS, "half of them joins");
        figures(verdict, phase + "-leave", leaves, leaveBar, "until the last pick");
        figures(verdict, phase + "-join", joins, joinBar, "until the first pick");
        verdict.exactly(phase + "-failed", failed(phase), 0, "of " + calls(phase) + " calls");
    }

    private void kills(Verdict verdict) {
        List<Double> connection = new ArrayList<>();
        List<Double> registry = new ArrayList<>();
        for (Sample killed : events("consul-kill", "killed")) {
            String port = killed.text("port");
            long at = killed.number("micros");
            NavigableSet<Long> picked = picked("consul", port).tailSet(at, true);
            connection.add(picked.isEmpty() ? 0 : (picked.last() - at) / 1000.0);
            registry.add(events("consul-kill", "unlisted").stream()
                    .filter(event -> event.is("port", port))
                    .mapToDouble(event -> (event.number("micros") - at) / 1000.0)
                    .findFirst()
                    .orElse(Double.NaN));
        }
        verdict.exactly("kills", connection.size(), Changes.ROUNDS, "by SIGKILL, with a gRPC check every second");
        figures(verdict, "kill-connection", connection, 100, "until the last pick");
        figures(verdict, "kill-registry", registry, 1500, "until Consul's list was without it");
        verdict.exactly("kill-failed", failed("consul-kill"), 0, "of " + calls("consul-kill") + " safe calls");
    }

    private void outages(Verdict verdict) {
        for (String phase : List.of("restart", "data", "cut")) {
            long down = event(phase, "returned") - event(phase, "struck");
            verdict.exactly(
                    phase + "-failed",
                    calls(phase) == 0 ? Double.NaN : failed(phase),
                    0,
                    String.format(
                            Locale.ROOT, "of %d calls, half unsafe, Consul away for %.1f s", calls(phase), down / 1e6));
            verdict.atMost(
                    phase + "-registered-ms",
                    (event(phase, "registered") - event(phase, "returned")) / 1000.0,
                    5000,
                    "after its return");
        }
        verdict.atLeast(
                "cut-seconds",
                (event("cut", "returned") - event("cut", "struck")) / 1e6,
                60,
                "without a network to it");
    }

    private void bulk(Verdict verdict) {
        Sample before = moment("before");
        Sample after = moment("after");
        verdict.exactly(
                "bulk-instances",
                after.number("instances"),
                (double) Bulk.FOLLOWED * Bulk.INSTANCES,
                "followed, of " + Bulk.SERVICES * Bulk.INSTANCES + " in Consul");
        long from = event("bulk", "window");
        long to = event("bulk", "over");
        long asked = requests.stream()
                .filter(request -> request.number("micros") >= from && request.number("micros") < to)
                .count();
        verdict.atMost(
                "bulk-requests-per-minute",
                asked * 60e6 / (to - from),
                3.0 * Bulk.FOLLOWED,
                "of a consumer of " + Bulk.FOLLOWED + " services while others change ten times a second");
        verdict.atMost(
                "bulk-threads-more",
                after.number("threads") - before.number("threads"),
                1,
                "for " + (Bulk.FOLLOWED - 1) + " more services; then " + after.number("threads"));
        verdict.atMost(
                "bulk-heap-more-kb",
                (after.number("heapBytes") - before.number("heapBytes")) / 1000.0,
                4000,
                "for them, after a collection; then " + after.number("heapBytes") / 1000 + " kB");
    }

    private static void figures(Verdict verdict, String what, List<Double> millis, double bar, String remark) {
        List<Double> sorted = millis.stream().sorted().toList();
        boolean complete = !sorted.isEmpty() && sorted.stream().noneMatch(value -> value.isNaN());
        verdict.atMost(what + "-median-ms", complete ? sorted.get(sorted.size() / 2) : Double.NaN, bar, remark);
        verdict.atMost(
                what + "-p99-ms",
                complete ? sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1) : Double.NaN,
                bar,
                "of " + sorted.size());
    }

    /** When a port was picked: as the consumer's tracer saw it, or, behind nginx, when a call began that it answered. */
    private NavigableSet<Long> picked(String phase, String port) {
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

    /** In the order of time; of any name if none is given. */
    private List<Sample> events(String phase, String name) {
        return events.stream()
                .filter(event -> event.is("phase", phase) && (name.isEmpty() || event.is("event", name)))
                .toList();
    }

    private long event(String phase, String name) {
        return events(phase, name).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("events.csv: no '" + name + "' in phase '" + phase + "'"))
                .number("micros");
    }

    private Sample moment(String name) {
        return consumer.stream()
                .filter(sample -> sample.is("moment", name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("consumer.csv: no '" + name + "'"));
    }

    private long calls(String phase) {
        return calls.stream().filter(call -> call.is("phase", phase)).count();
    }

    private long failed(String phase) {
        return calls.stream()
                .filter(call -> call.is("phase", phase) && !call.is("code", "OK"))
                .count();
    }
}
