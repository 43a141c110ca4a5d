/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What the samples of {@link PickCost} and {@link ChurnRun} say. Flat means: the CPU of the last third of the churn is at most 20 %
 * above that of the first third (which includes warming up and so is rather too high), the live heap after it at most 10 %.
 */
final class ScaleVerdict {

    private final List<Sample> picks;
    private final List<Sample> updates;
    private final List<Sample> seconds;
    private final List<Sample> points;

    private ScaleVerdict(Path results) throws IOException {
        picks = Samples.read(results.resolve("picks.csv"));
        updates = Samples.read(results.resolve("updates.csv"));
        seconds = Samples.read(results.resolve("seconds.csv"));
        points = Samples.read(results.resolve("points.csv"));
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        System.exit(of(Path.of(args[0])).print(System.out) ? 0 : 1);
    }

    static Verdict of(Path results) throws IOException {
        ScaleVerdict samples = new ScaleVerdict(results);
        Verdict verdict = new Verdict("scale");
        samples.picks(verdict);
        samples.updates(verdict);
        samples.churn(verdict);
        return verdict;
    }

    private void picks(Verdict verdict) {
        double slowest = Double.NaN;
        double growth = Double.NaN;
        StringBuilder all = new StringBuilder("median ns at 10 ... 10,000 instances:");
        for (String algorithm :
                new TreeSet<>(picks.stream().map(it -> it.text("algorithm")).toList())) {
            List<Double> nanos = new ArrayList<>();
            for (int size : PickCost.SIZES) {
                nanos.add(median(of(picks, algorithm, size).mapToLong(it -> it.number("picoseconds"))) / 1_000);
            }
            all.append(' ').append(algorithm);
            for (double each : nanos) {
                all.append(String.format(Locale.ROOT, " %.0f", each));
                slowest = Double.isNaN(slowest) ? each : Math.max(slowest, each);
            }
            double grown = nanos.get(nanos.size() - 1) / nanos.get(0);
            growth = Double.isNaN(growth) ? grown : Math.max(growth, grown);
        }
        verdict.below("pick-ns", slowest, 1_000, all.toString());
        verdict.atMost("pick-growth", growth, 5, "times from 10 to 10,000 instances, worst algorithm");
    }

    private void updates(Verdict verdict) {
        verdict.exactly(
                "update-subchannels", most("subchannels"), 1, "created when one instance is replaced by another, most");
        verdict.exactly("update-candidates", most("candidates"), 1, "made anew then, most");
        StringBuilder all =
                new StringBuilder("of the registry's list until the first pick, median us at 10 ... 10,000:");
        for (String algorithm :
                new TreeSet<>(updates.stream().map(it -> it.text("algorithm")).toList())) {
            all.append(' ').append(algorithm);
            for (int size : PickCost.SIZES) {
                all.append(String.format(
                        Locale.ROOT,
                        " %.0f",
                        median(of(updates, algorithm, size).mapToLong(it -> it.number("nanos"))) / 1_000));
            }
        }
        double slowest = updates.stream()
                .map(it -> it.text("algorithm"))
                .distinct()
                .mapToDouble(it -> median(of(updates, it, 10_000).mapToLong(one -> one.number("nanos"))) / 1_000_000)
                .max()
                .orElse(Double.NaN);
        verdict.below("update-ms", slowest, 50, all.toString());
    }

    private void churn(Verdict verdict) {
        double first = cpuPercent("third1");
        double last = cpuPercent("third" + ChurnRun.THIRDS);
        verdict.atMost(
                "churn-cpu-growth-percent",
                100 * (last / first - 1),
                20,
                String.format(
                        Locale.ROOT,
                        "last third over first; %% of a core: steady %.1f, then %.1f %.1f %.1f",
                        cpuPercent("steady"),
                        first,
                        cpuPercent("third2"),
                        last));
        long heap = point("third1").number("heapBytes");
        long heapLast = point("third" + ChurnRun.THIRDS).number("heapBytes");
        verdict.atMost(
                "churn-heap-growth-percent",
                100.0 * (heapLast - heap) / heap,
                10,
                "live heap after the last third over after the first: " + heapLast / 1_000 + " kB over " + heap / 1_000
                        + " kB");
        Sample end = point("end");
        verdict.exactly(
                "churn-extra-connections",
                end.number("connections") - end.number("joined"),
                0,
                end.number("connections") + " made for " + end.number("joined") + " joins");
        verdict.exactly(
                "churn-failed",
                seconds.stream().mapToLong(it -> it.number("failed")).sum(),
                0,
                "of " + seconds.stream().mapToLong(it -> it.number("answered")).sum() + " calls");
        Sample one = point("one");
        Sample all = point("all");
        double instances = all.number("connections") - one.number("connections");
        verdict.atMost(
                "idle-instance-heap-kB",
                (all.number("heapBytes") - one.number("heapBytes")) / instances / 1_000,
                50,
                String.format(
                        Locale.ROOT,
                        "live heap of a connected instance without calls; resident %.0f kB",
                        (all.number("residentBytes") - one.number("residentBytes")) / instances / 1_000));
    }

    private double most(String column) {
        LongStream all = updates.stream().mapToLong(it -> it.number(column));
        return all.max().isPresent()
                ? updates.stream().mapToLong(it -> it.number(column)).max().orElseThrow()
                : Double.NaN;
    }

    private double cpuPercent(String phase) {
        List<Sample> all = seconds.stream().filter(it -> it.is("phase", phase)).toList();
        double wall = all.stream().mapToLong(it -> it.number("wallNanos")).sum();
        return 100 * all.stream().mapToLong(it -> it.number("cpuNanos")).sum() / wall;
    }

    private Sample point(String name) {
        return points.stream()
                .filter(it -> it.is("point", name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("point: no " + name + " (expected: one)"));
    }

    private static Stream<Sample> of(List<Sample> samples, String algorithm, int size) {
        return samples.stream().filter(it -> it.is("algorithm", algorithm) && it.number("instances") == size);
    }

    private static double median(LongStream values) {
        long[] sorted = values.sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
}
