/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Computes medians, paired by seed, and the verdict from the raw samples of {@link RampRun}. */
final class RampVerdict {

    private static final String OURS = Policy.ADAPTIVE.label;
    private static final String ROUND_ROBIN = Policy.ROUND_ROBIN.label;
    /** From when on "within 30 s" and "after 10 s" count, in seconds of the columns. */
    private static final int SLOW_FOR_TEN_SECONDS = 25;

    private static final int SLOW_ENDED = 45;
    private static final int RECOVERED = 75;
    private static final int WINDOW = 5;

    private final Map<String, Map<String, Map<String, Sample>>> runs = new LinkedHashMap<>();
    private final List<Sample> shares;

    private RampVerdict(Path results) throws IOException {
        for (Sample run : Samples.read(results.resolve("runs.csv"))) {
            runs.computeIfAbsent(run.text("column"), column -> new LinkedHashMap<>())
                    .computeIfAbsent(run.text("policy"), policy -> new LinkedHashMap<>())
                    .put(run.text("seed"), run);
        }
        shares = Samples.read(results.resolve("shares.csv"));
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        Path results = Path.of(args[0]);
        new RampVerdict(results).printMedians(System.out);
        System.exit(of(results).print(System.out) ? 0 : 1);
    }

    static Verdict of(Path results) throws IOException {
        RampVerdict samples = new RampVerdict(results);
        Verdict verdict = new Verdict("ramp");
        for (Column column : Column.TABLE) {
            verdict.exactly(
                    column.name() + "-seeds", samples.of(column.name(), OURS).size(), RampRun.SEEDS, "paired");
            for (Policy other : List.of(Policy.PEAK_EWMA_3, Policy.PEAK_EWMA_3_FADING)) {
                samples.compare(verdict, column.name(), other.label, 100);
            }
        }
        for (Column column : Column.EQUAL) {
            samples.compare(verdict, column.name(), ROUND_ROBIN, 110);
            double most = samples.median(column.name(), OURS, run -> run.number("spreadPermille") / 10.0);
            verdict.atMost(
                    column.name() + "-spread-%", most, 115, "picks of the one that got most in % of the mean, median");
        }
        verdict.atMost(
                "linkerd-late-per-100000",
                samples.median("linkerd", OURS, run -> 1e5 * run.number("late") / run.number("calls")),
                100,
                "calls that failed or took longer than 1 s; round robin "
                        + Math.round(samples.median(
                                "linkerd", ROUND_ROBIN, run -> 1e5 * run.number("late") / run.number("calls"))));
        verdict.atMost(
                "failing-failed-per-10000",
                samples.median("failing", OURS, run -> 1e4 * run.number("failed") / run.number("calls")),
                100,
                "calls, one of ten servers failing fast");
        samples.recovery(verdict);
        return verdict;
    }

    private void compare(Verdict verdict, String column, String other, double bar) {
        List<Double> ratios = new ArrayList<>();
        Map<String, Sample> others = of(column, other);
        of(column, OURS).forEach((seed, ours) -> {
            Sample its = others.get(seed);
            if (its != null) {
                ratios.add(100.0 * ours.number("p99micros") / its.number("p99micros"));
            }
        });
        verdict.atMost(
                column + "-p99-%-of-" + other,
                median(ratios),
                bar,
                ratios.isEmpty()
                        ? "no pairs"
                        : String.format(
                                Locale.ROOT,
                                "median of %d pairs, from %.0f to %.0f",
                                ratios.size(),
                                Collections.min(ratios),
                                Collections.max(ratios)));
    }

    private void recovery(Verdict verdict) {
        int servers = 5;
        verdict.atMost(
                "slow-share-%",
                share("slow", SLOW_FOR_TEN_SECONDS, SLOW_ENDED),
                5,
                "of all calls to one of five that became 500 ms slower, from 10 s after; median");
        verdict.atLeast(
                "recovered-share-%",
                servers * share("slow", RECOVERED, RECOVERED + 3 * WINDOW),
                80,
                "of its fair share, from 30 s after it was fast again; median");
        double highest = 0;
        for (int from = SLOW_ENDED; from < RECOVERED; from += WINDOW) {
            highest = Math.max(highest, servers * share("slow", from, from + WINDOW));
        }
        verdict.atMost(
                "joining-share-%",
                20 * share("joining", 15, 15 + WINDOW),
                50,
                "of its fair share in the first 5 s of one of twenty, which 100 clients meet at once; median");
        verdict.atMost("recovering-share-%", highest, 150, "the most of it that it got in 5 s until then; median");
    }

    /** The share of server 0 between two seconds of column "slow" in percent of all calls, median of the seeds. */
    private double share(String column, int from, int until) {
        Map<String, double[]> bySeed = new LinkedHashMap<>();
        for (Sample sample : shares) {
            if (sample.is("column", column) && sample.is("policy", OURS)) {
                long second = sample.number("second");
                if (second >= from && second < until) {
                    double[] sums = bySeed.computeIfAbsent(sample.text("seed"), seed -> new double[2]);
                    sums[0] += sample.number("picks");
                    sums[1] += sample.number("of");
                }
            }
        }
        return median(
                bySeed.values().stream().map(sums -> 100 * sums[0] / sums[1]).toList());
    }

    private void printMedians(PrintStream out) {
        out.printf(
                "%-16s %-20s %9s %9s %9s %9s %9s %8s%n",
                "medians", "", "p50 ms", "p99 ms", "p99.9 ms", "failed %", "> 1 s %", "spread");
        runs.forEach((column, policies) -> policies.forEach((policy, bySeed) -> out.printf(
                Locale.ROOT,
                "%-16s %-20s %9.1f %9.1f %9.1f %9.3f %9.3f %8.3f%n",
                column,
                policy,
                median(column, policy, run -> run.number("p50micros") / 1e3),
                median(column, policy, run -> run.number("p99micros") / 1e3),
                median(column, policy, run -> run.number("p999micros") / 1e3),
                median(column, policy, run -> 100.0 * run.number("failed") / run.number("calls")),
                median(column, policy, run -> 100.0 * run.number("late") / run.number("calls")),
                median(column, policy, run -> run.number("spreadPermille") / 1e3))));
    }

    private Map<String, Sample> of(String column, String policy) {
        return runs.getOrDefault(column, Map.of()).getOrDefault(policy, Map.of());
    }

    private double median(String column, String policy, ToDoubleFunction<Sample> figure) {
        return median(
                of(column, policy).values().stream().map(figure::applyAsDouble).toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int size = sorted.size();
        return size == 0 ? Double.NaN : (sorted.get(size / 2) + sorted.get((size - 1) / 2)) / 2;
    }
}
