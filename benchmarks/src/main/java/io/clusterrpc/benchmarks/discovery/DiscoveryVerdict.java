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
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;

/** Computes the figures of the experiment from its raw samples. */
final class DiscoveryVerdict {

    /** Figures that are shown as they are. */
    private static final double NONE = Double.POSITIVE_INFINITY;

    private final Path results;
    private final Recorded recorded;
    private final List<Sample> requests;
    private final List<Sample> consumer;

    private DiscoveryVerdict(Path results) throws IOException {
        this.results = results;
        recorded = Recorded.in(results);
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
        changes(verdict, samples.recorded, "consul", 50, 250);
        samples.kills(verdict);
        changes(verdict, samples.apart("kubernetes"), "kubernetes", 100, 100);
        changes(verdict, samples.recorded, "nginx", 1000, 1000);
        changes(verdict, samples.apart("eureka"), "eureka", NONE, NONE);
        changes(verdict, samples.apart("zookeeper"), "zookeeper", NONE, NONE);
        samples.outages(verdict);
        samples.bulk(verdict);
        return verdict;
    }

    /** A registry that has a process of its own. */
    private Recorded apart(String registry) throws IOException {
        return Recorded.in(results.resolve(registry));
    }

    /** Leaving: until the last pick of the one that left. Joining: until its first. */
    private static void changes(Verdict verdict, Recorded recorded, String phase, double leaveBar, double joinBar) {
        List<Sample> changes = recorded.events(phase, "");
        Lags leaves = new Lags(recorded.stalls());
        Lags joins = new Lags(recorded.stalls());
        for (int i = 0; i + 1 < changes.size(); i++) {
            Sample change = changes.get(i);
            long at = change.number("micros");
            long until = changes.get(i + 1).number("micros");
            NavigableSet<Long> picked =
                    recorded.picked(phase, change.text("port")).subSet(at, true, until, false);
            if (change.is("event", "leaves")) {
                leaves.add(at, picked.isEmpty() ? 0 : (picked.last() - at) / 1000.0);
            } else {
                joins.add(at, picked.isEmpty() ? Double.NaN : (picked.first() - at) / 1000.0);
            }
        }
        verdict.exactly(phase + "-changes", leaves.count() + joins.count(), 2.0 * Changes.ROUNDS, "half of them joins");
        figures(verdict, phase + "-leave", leaves, leaveBar, "until the last pick");
        figures(verdict, phase + "-join", joins, joinBar, "until the first pick");
        verdict.exactly(phase + "-failed", recorded.failed(phase), 0, "of " + recorded.count(phase) + " calls");
    }

    private static void figures(Verdict verdict, String what, Lags lags, double bar, String remark) {
        if (bar == NONE) {
            lags.show(verdict, what, remark);
        } else {
            lags.judge(verdict, what, bar, remark);
        }
    }

    private void kills(Verdict verdict) {
        Lags kernel = new Lags(recorded.stalls());
        Lags connection = new Lags(recorded.stalls());
        Lags registry = new Lags(recorded.stalls());
        for (Sample killed : recorded.events("consul-kill", "killed")) {
            String port = killed.text("port");
            long at = killed.number("micros");
            NavigableSet<Long> picked = recorded.picked("consul", port).tailSet(at, true);
            connection.add(at, picked.isEmpty() ? 0 : (picked.last() - at) / 1000.0);
            kernel.add(at, millisUntil("closed", port, at));
            registry.add(at, millisUntil("unlisted", port, at));
        }
        verdict.exactly("kills", connection.count(), Changes.ROUNDS, "by SIGKILL, with a gRPC check every second");
        kernel.show(verdict, "kill-kernel", "until the kernel closed its sockets");
        connection.judge(verdict, "kill-connection", 100, "until the last pick");
        registry.judge(verdict, "kill-registry", 1500, "until Consul's list was without it");
        verdict.exactly(
                "kill-failed",
                recorded.failed("consul-kill"),
                0,
                "of " + recorded.count("consul-kill") + " safe calls");
    }

    private double millisUntil(String event, String port, long at) {
        return recorded.events("consul-kill", event).stream()
                .filter(sample -> sample.is("port", port) && sample.number("micros") >= at)
                .mapToDouble(sample -> (sample.number("micros") - at) / 1000.0)
                .findFirst()
                .orElse(Double.NaN);
    }

    private void outages(Verdict verdict) {
        for (String phase : List.of("restart", "data", "cut")) {
            long down = recorded.event(phase, "returned") - recorded.event(phase, "struck");
            long calls = recorded.count(phase);
            verdict.exactly(
                    phase + "-failed",
                    calls == 0 ? Double.NaN : recorded.failed(phase),
                    0,
                    String.format(Locale.ROOT, "of %d calls, half unsafe, Consul away for %.1f s", calls, down / 1e6));
            verdict.atMost(
                    phase + "-registered-ms",
                    (recorded.event(phase, "registered") - recorded.event(phase, "returned")) / 1000.0,
                    5000,
                    "after its return");
        }
        verdict.atLeast(
                "cut-seconds",
                (recorded.event("cut", "returned") - recorded.event("cut", "struck")) / 1e6,
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
        long from = recorded.event("bulk", "window");
        long to = recorded.event("bulk", "over");
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

    private Sample moment(String name) {
        return consumer.stream()
                .filter(sample -> sample.is("moment", name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("consumer.csv: no '" + name + "'"));
    }
}
