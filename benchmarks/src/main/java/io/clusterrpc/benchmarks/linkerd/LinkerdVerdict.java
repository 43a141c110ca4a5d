/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.linkerd;

import io.clusterrpc.benchmarks.Verdict;
import io.clusterrpc.benchmarks.backends.Call;
import io.clusterrpc.benchmarks.backends.CallLog;
import io.clusterrpc.benchmarks.backends.Contender;
import io.clusterrpc.benchmarks.backends.Median;
import io.grpc.Status.Code;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the samples of {@link LinkerdRun} say: the share of the calls that was answered well within a second, a round's median. */
final class LinkerdVerdict {

    private static final int IN_TIME_MILLIS = 1_000;
    private static final String ROUND_ROBIN = "round-robin";

    /** By contender and round. */
    private final Map<String, Map<Integer, Tally>> tallies = new TreeMap<>();

    private static final class Tally {

        private int calls;
        private int inTime;
        private int failed;
        private int toOthers;
        private int lateAtOthers;
        private int[] micros = new int[1 << 16];

        void add(Call call) {
            if (calls == micros.length) {
                micros = Arrays.copyOf(micros, 2 * calls);
            }
            micros[calls++] = call.micros();
            inTime += call.answeredWithin(IN_TIME_MILLIS) ? 1 : 0;
            failed += call.code() == Code.OK ? 0 : 1;
            if (call.backend() != LinkerdRun.STUCK) {
                toOthers++;
                lateAtOthers += call.answeredWithin(IN_TIME_MILLIS) ? 0 : 1;
            }
        }

        double percentInTime() {
            return 100.0 * inTime / calls;
        }

        double millis(double quantile) {
            return Arrays.stream(micros, 0, calls)
                            .sorted()
                            .skip((long) (quantile * (calls - 1)))
                            .findFirst()
                            .orElseThrow()
                    / 1e3;
        }
    }

    private LinkerdVerdict(Path results) throws IOException {
        CallLog.read(
                results,
                call -> tallies.computeIfAbsent(call.contender(), name -> new TreeMap<>())
                        .computeIfAbsent(call.round(), round -> new Tally())
                        .add(call));
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        LinkerdVerdict samples = new LinkerdVerdict(Path.of(args[0]));
        samples.printAll(System.out);
        System.exit(samples.verdict().print(System.out) ? 0 : 1);
    }

    static Verdict of(Path results) throws IOException {
        return new LinkerdVerdict(results).verdict();
    }

    private Verdict verdict() {
        Verdict verdict = new Verdict("linkerd");
        for (Contender contender : List.of(Contender.DEFAULT, Contender.DEFAULT_ALONE)) {
            List<Double> percents = percents(contender.name());
            verdict.atLeast(contender.name() + "-%", Median.of(percents), 99.9, spread(percents));
        }
        for (String name : List.of(ROUND_ROBIN, Contender.GRPC_ROUND_ROBIN.name())) {
            List<Double> percents = percents(name);
            verdict.atLeast(name + "-%", Median.of(percents), 94.5, spread(percents));
            verdict.atMost(name + "-%-at-most", Median.of(percents), 96, "or the experiment is another one");
        }
        verdict.atLeast(
                "rounds",
                tallies.values().stream().mapToInt(Map::size).min().orElse(0),
                LinkerdRun.ROUNDS,
                "of each contender");
        return verdict;
    }

    private List<Double> percents(String contender) {
        return tallies.getOrDefault(contender, Map.of()).values().stream()
                .map(Tally::percentInTime)
                .toList();
    }

    private static String spread(List<Double> percents) {
        return percents.isEmpty()
                ? "no rounds"
                : String.format(
                        Locale.ROOT,
                        "answered within 1 s, median of %d rounds, from %.3f to %.3f",
                        percents.size(),
                        Collections.min(percents),
                        Collections.max(percents));
    }

    private void printAll(PrintStream out) {
        out.printf(
                "%-30s %10s %9s %9s %9s %9s %9s %9s %9s%n",
                "medians of the rounds",
                "<= 1 s %",
                "least %",
                "most %",
                "failed %",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "calls");
        tallies.forEach((contender, rounds) -> {
            List<Tally> all = new ArrayList<>(rounds.values());
            List<Double> percents = percents(contender);
            out.printf(
                    Locale.ROOT,
                    "%-30s %10.3f %9.3f %9.3f %9.3f %9.1f %9.1f %9.1f %9d%n",
                    contender,
                    Median.of(percents),
                    Collections.min(percents),
                    Collections.max(percents),
                    Median.of(
                            all.stream().map(it -> 100.0 * it.failed / it.calls).toList()),
                    Median.of(all.stream().map(it -> it.millis(0.5)).toList()),
                    Median.of(all.stream().map(it -> it.millis(0.99)).toList()),
                    Median.of(all.stream().map(it -> it.millis(0.999)).toList()),
                    all.stream().mapToInt(it -> it.calls).sum());
        });
        out.println();
        out.println(
                "Each round of the default in %, and how many calls of grpc-java's round robin to the backends that are never");
        out.println("stuck were late, in %: if that is not 0 it was the machine that had too much to do.");
        Map<Integer, Tally> control = tallies.getOrDefault(Contender.GRPC_ROUND_ROBIN.name(), Map.of());
        tallies.getOrDefault(Contender.DEFAULT.name(), Map.of()).forEach((round, tally) -> {
            Tally other = control.get(round);
            out.printf(
                    Locale.ROOT,
                    "round %d %10.3f %9.3f%n",
                    round,
                    tally.percentInTime(),
                    other == null ? Double.NaN : 100.0 * other.lateAtOthers / other.toOthers);
        });
    }
}
