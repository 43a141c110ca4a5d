/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.hash;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What the samples of {@link HashRun} and {@link BoundedLoad} say. A bound on whole calls is rounded up, so the peak is compared
 * with 1.25 times the average where that is a whole number (equal weights, 8 and 100 calls an instance) and everywhere with the
 * bound itself: 1.25 times the share, rounded up.
 */
final class HashVerdict {

    private final List<Sample> moves;
    private final List<Sample> clients;
    private final List<Sample> updates;
    private final List<Sample> shares;
    private final List<Sample> costs;
    private final List<Sample> loads;

    private HashVerdict(Path results) throws IOException {
        moves = Samples.read(results.resolve("moves.csv"));
        clients = Samples.read(results.resolve("clients.csv"));
        updates = Samples.read(results.resolve("updates.csv"));
        shares = Samples.read(results.resolve("shares.csv"));
        costs = Samples.read(results.resolve("costs.csv"));
        loads = Samples.read(results.resolve("loads.csv"));
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        HashVerdict samples = new HashVerdict(Path.of(args[0]));
        samples.table();
        System.exit(samples.verdict().print(System.out) ? 0 : 1);
    }

    static Verdict of(Path results) throws IOException {
        return new HashVerdict(results).verdict();
    }

    private Verdict verdict() {
        Verdict verdict = new Verdict("hash");
        for (String change : List.of("leave", "join")) {
            List<Sample> all =
                    moves.stream().filter(it -> it.is("change", change)).toList();
            verdict.exactly(
                    "keys-moved-beyond-minimum-" + change,
                    sum(all, "beyond"),
                    0,
                    String.format(
                            Locale.ROOT,
                            "of %.0f keys in %d changes, %.0f moved to or from the instance that changed",
                            sum(all, "keys"),
                            all.size(),
                            sum(all, "moved") - sum(all, "beyond")));
        }
        verdict.exactly(
                "cases", complete(), Cluster.all().size(), "scheme x instances x weights that all samples have");
        verdict.exactly(
                "keys-clients-disagree-on",
                sum(clients, "different"),
                0,
                "between one that followed the changes and one that starts afterwards");
        List<Sample> bounded = bounded(true);
        verdict.atMost(
                "peak-%-of-average",
                most(whole(bounded)) / 10,
                100 * Cluster.LOAD_FACTOR,
                String.format(
                        Locale.ROOT,
                        "calls in flight, bounded load; without it %.0f",
                        most(whole(bounded(false))) / 10));
        verdict.exactly(
                "calls-beyond-bound",
                bounded.isEmpty() ? Double.NaN : sum(bounded, "beyondBound"),
                0,
                String.format(
                        Locale.ROOT,
                        "of %.0f, %.0f of them not at the instance of their key",
                        sum(bounded, "calls"),
                        sum(bounded, "away")));
        return verdict;
    }

    /** Cases of which all changes and all loads were measured. */
    private long complete() {
        return Cluster.all().stream()
                .filter(it -> moves.stream().filter(in(it)).count() == 2 * HashRun.CHANGES)
                .filter(it -> loads.stream().filter(in(it)).count() == 2 * BoundedLoad.AVERAGES.size())
                .count();
    }

    private List<Sample> bounded(boolean on) {
        return loads.stream().filter(it -> it.is("bounded", String.valueOf(on))).toList();
    }

    private static List<Sample> whole(List<Sample> loads) {
        return loads.stream()
                .filter(it -> it.is("weights", "equal"))
                .filter(it -> Cluster.LOAD_FACTOR * it.number("average") % 1 == 0)
                .toList();
    }

    private static double most(List<Sample> loads) {
        return loads.stream()
                .mapToDouble(it -> it.number("peakPermilleOfShare"))
                .max()
                .orElse(Double.NaN);
    }

    private void table() {
        System.out.printf(
                "%-6s %9s %-8s %9s %10s %10s %9s %9s %10s %10s%n",
                "scheme",
                "instances",
                "weights",
                "lookup ns",
                "build ms",
                "update ms",
                "table kB",
                "busiest",
                "peak bound",
                "unbounded");
        for (Cluster it : Cluster.all()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-6s %9d %-8s %9.1f %10.2f %10.2f %9.0f %9.3f %10.3f %10.2f%n",
                    it.schemeName(),
                    it.instances(),
                    it.weights(),
                    median(costs, it, one -> one.number("lookupPicos") / 1e3),
                    median(costs, it, one -> one.number("buildNanos") / 1e6),
                    median(updates, it, one -> one.number("nanos") / 1e6),
                    costs.stream()
                                    .filter(in(it))
                                    .mapToLong(one -> one.number("tableBytes"))
                                    .max()
                                    .orElse(-1)
                            / 1e3,
                    median(shares, it, one -> one.number("busiestPermilleOfShare") / 1e3),
                    most(bounded(true).stream().filter(in(it)).toList()) / 1e3,
                    most(bounded(false).stream().filter(in(it)).toList()) / 1e3);
        }
    }

    private static Predicate<Sample> in(Cluster cluster) {
        return it -> it.is("scheme", cluster.schemeName())
                && it.number("instances") == cluster.instances()
                && it.is("weights", cluster.weights());
    }

    private static double sum(List<Sample> samples, String column) {
        return samples.isEmpty()
                ? Double.NaN
                : samples.stream().mapToLong(it -> it.number(column)).sum();
    }

    private static double median(List<Sample> samples, Cluster cluster, ToDoubleFunction<Sample> figure) {
        List<Double> sorted = samples.stream()
                .filter(in(cluster))
                .map(figure::applyAsDouble)
                .sorted()
                .collect(Collectors.toList());
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }
}
