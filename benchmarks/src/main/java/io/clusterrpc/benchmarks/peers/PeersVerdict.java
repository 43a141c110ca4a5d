/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.peers;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Compares the clients: medians over the rounds, and for the bar the ratio round by round. */
final class PeersVerdict {

    private static final double BAR = 2.5;
    private static final int BAR_CALLERS = 16;

    private final List<Sample> samples;

    private PeersVerdict(List<Sample> samples) {
        this.samples = samples;
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        System.exit(print(Path.of(args[0]), System.out) ? 0 : 1);
    }

    static boolean print(Path results, PrintStream out) throws IOException {
        PeersVerdict peers = new PeersVerdict(Samples.read(results.resolve("peers.csv")));
        peers.table(out);
        Verdict verdict = new Verdict("peers");
        verdict.exactly(
                "failed-calls",
                peers.samples.stream().mapToLong(s -> s.number("failed")).sum(),
                0,
                "of all clients");
        for (String size : peers.distinct("size")) {
            double[] ratios = peers.ratios(size);
            verdict.atLeast(
                    "dubbo-ratio-" + size + "B",
                    median(ratios),
                    BAR,
                    ratios.length == 0
                            ? "no round has both"
                            : String.format(
                                    Locale.ROOT,
                                    "calls/s of the starter / of Dubbo, %d callers; %d rounds, %.2f to %.2f",
                                    BAR_CALLERS,
                                    ratios.length,
                                    ratios[0],
                                    ratios[ratios.length - 1]));
        }
        return verdict.print(out);
    }

    private void table(PrintStream out) {
        out.println("medians of the rounds: calls a second, us of the client's CPU a call, B allocated a call");
        out.printf("%-10s %8s %6s %12s %10s %10s%n", "client", "callers", "size", "calls/s", "us", "B");
        for (String callers : distinct("callers")) {
            for (String size : distinct("size")) {
                for (String client : distinct("client")) {
                    List<Sample> its = of(client, callers, size);
                    out.printf(
                            Locale.ROOT,
                            "%-10s %8s %6s %12.0f %10.1f %10.0f%n",
                            client,
                            callers,
                            size,
                            median(its, PeersVerdict::callsPerSecond),
                            median(its, s -> s.number("cpuNanos") / 1e3 / s.number("calls")),
                            median(its, s -> (double) s.number("bytes") / s.number("calls")));
                }
            }
        }
        out.println();
    }

    private List<String> distinct(String column) {
        return samples.stream().map(s -> s.text(column)).distinct().toList();
    }

    private List<Sample> of(String client, String callers, String size) {
        return samples.stream()
                .filter(s -> s.is("client", client) && s.is("callers", callers) && s.is("size", size))
                .toList();
    }

    /** Round by round, sorted: a slow second of the machine meets both. */
    private double[] ratios(String size) {
        String callers = Integer.toString(BAR_CALLERS);
        List<Double> ratios = new ArrayList<>();
        for (Sample own : of("starter", callers, size)) {
            for (Sample dubbo : of("dubbo", callers, size)) {
                if (own.is("round", dubbo.text("round"))) {
                    ratios.add(callsPerSecond(own) / callsPerSecond(dubbo));
                }
            }
        }
        return ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static double callsPerSecond(Sample sample) {
        return sample.number("calls") * 1e9 / sample.number("nanos");
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        double[] sorted = samples.stream().mapToDouble(figure).toArray();
        Arrays.sort(sorted);
        return median(sorted);
    }

    private static double median(double[] sorted) {
        return sorted.length == 0 ? Double.NaN : (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
    }
}
