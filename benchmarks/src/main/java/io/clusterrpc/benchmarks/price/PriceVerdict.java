/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** Compares clients pair by pair: what one took in percent of what the other took in the same turn. */
final class PriceVerdict {

    private static final String FAST_REFERENCE = "raw-fast-servers";

    private static final Measure CPU = new Measure(PriceVerdict::cpuMicros, "us");
    private static final Measure BYTES = new Measure(PriceVerdict::bytes, "B");
    private static final Measure P99 = new Measure(PriceVerdict::p99Micros, "us");
    private static final Measure CALLS = new Measure(PriceVerdict::callsPerSecond, "calls/s");

    private final Map<String, Map<String, Sample>> peak;
    private final Map<String, Map<String, Sample>> crowd;
    private final Map<String, Map<String, Sample>> rate;
    private final long failed;

    private PriceVerdict(Path results) throws IOException {
        List<Sample> peaks = Samples.read(results.resolve("peak.csv"));
        List<Sample> rates = Samples.read(results.resolve("rate.csv"));
        peak = byClient(with(peaks, PriceRun.CALLERS));
        crowd = byClient(with(peaks, PriceRun.CROWD));
        rate = byClient(rates);
        failed = peaks.stream().mapToLong(sample -> sample.number("failed")).sum()
                + rates.stream().mapToLong(sample -> sample.number("failed")).sum();
    }

    private static List<Sample> with(List<Sample> peaks, int callers) {
        return peaks.stream()
                .filter(sample -> sample.number("callers") == callers)
                .toList();
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        Path results = Path.of(args[0]);
        new PriceVerdict(results).printMedians(System.out);
        System.exit(of(results).print(System.out) ? 0 : 1);
    }

    /** What explains the figures: where the time of a call goes. */
    private void printMedians(PrintStream out) {
        out.printf(
                "%-18s %7s %9s %7s %7s %8s %7s %10s%n",
                "medians", "callers", "calls/s", "cpu us", "jvm us", "bytes", "sleeps", "server us");
        printMedians(out, peak, PriceRun.CALLERS);
        printMedians(out, crowd, PriceRun.CROWD);
        out.println();
        out.println(
                "Per call, of the client's process unless it says server. cpu includes jvm: what compilation and garbage");
        out.println("collection took, of which a short run has more than a long one. sleeps: of its threads.");
        out.println();
    }

    private static void printMedians(PrintStream out, Map<String, Map<String, Sample>> samples, int callers) {
        for (String client : new TreeSet<>(samples.keySet())) {
            Collection<Sample> rounds = samples.getOrDefault(client, Map.of()).values();
            out.printf(
                    Locale.ROOT,
                    "%-18s %7d %9.0f %7.1f %7.1f %8.0f %7.2f %10.1f%n",
                    client,
                    callers,
                    median(rounds, PriceVerdict::callsPerSecond),
                    median(rounds, PriceVerdict::cpuMicros),
                    median(rounds, sample -> perCall(sample, "jvmNanos") / 1e3),
                    median(rounds, PriceVerdict::bytes),
                    median(rounds, sample -> perCall(sample, "sleeps")),
                    median(rounds, sample -> perCall(sample, "serverNanos") / 1e3));
        }
    }

    private static double median(Collection<Sample> samples, ToDoubleFunction<Sample> value) {
        double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
        return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
    }

    private static double perCall(Sample sample, String column) {
        return (double) sample.number(column) / sample.number("calls");
    }

    static Verdict of(Path results) throws IOException {
        PriceVerdict samples = new PriceVerdict(results);
        Verdict verdict = new Verdict("price");
        verdict.exactly("failed-calls", samples.failed, 0, "of all clients");
        verdict.atLeast("pairs", rounds(samples.peak, "raw"), 11, "of interleaved rounds");
        Comparison cpu = new Comparison(samples.peak, "starter", "raw", CPU);
        atMost(verdict, "cpu-percent", cpu, 110);
        atMost(verdict, "bytes-percent", new Comparison(samples.peak, "starter", "raw", BYTES), 110);
        atMost(verdict, "p99-percent", new Comparison(samples.rate, "starter", "raw", P99), 125);
        Comparison observed = new Comparison(samples.peak, "starter-observed", "boot-observed", CPU);
        atMost(verdict, "observed-cpu-percent", observed, 110);
        atMost(verdict, "observed-bytes-percent", observed.by(BYTES), 110);
        atMost(verdict, "cpu-percent-beyond", cpu, 100);
        // The fast profile, beside raw grpc-java on the same servers, which have the provider's side of it.
        verdict.atLeast("fast-pairs", rounds(samples.crowd, "fast"), 11, "of interleaved rounds");
        Comparison fast = new Comparison(samples.crowd, "fast", FAST_REFERENCE, CALLS);
        verdict.atLeast("fast-calls-percent", fast.percent(), 120, fast.remark());
        atMost(verdict, "fast-cpu-percent", fast.by(CPU), 100);
        atMost(verdict, "fast-bytes-percent", fast.by(BYTES), 110);
        atMost(verdict, "fast-p99-percent", new Comparison(samples.rate, "fast", FAST_REFERENCE, P99), 125);
        Comparison few = new Comparison(samples.peak, "fast", FAST_REFERENCE, CALLS);
        measured(verdict, "fast-16-calls-percent", few);
        measured(verdict, "fast-16-cpu-percent", few.by(CPU));
        measured(
                verdict,
                "fast-metered-calls-percent",
                new Comparison(samples.crowd, "fast-metered", FAST_REFERENCE, CALLS));
        measured(
                verdict,
                "fast-metered-16-calls-percent",
                new Comparison(samples.peak, "fast-metered", FAST_REFERENCE, CALLS));
        measured(verdict, "starter-calls-percent", cpu.by(CALLS));
        Comparison consumer = new Comparison(samples.peak, "fast-consumer", "raw", CALLS);
        measured(verdict, "fast-consumer-calls-percent", consumer);
        atMost(verdict, "fast-consumer-cpu-percent", consumer.by(CPU), 100);
        return verdict;
    }

    private static void atMost(Verdict verdict, String metric, Comparison comparison, double bar) {
        verdict.atMost(metric, comparison.percent(), bar, comparison.remark());
    }

    private static void measured(Verdict verdict, String metric, Comparison comparison) {
        verdict.measured(metric, comparison.percent(), comparison.remark());
    }

    private static int rounds(Map<String, Map<String, Sample>> samples, String client) {
        return samples.getOrDefault(client, Map.of()).size();
    }

    static Map<String, Map<String, Sample>> byClient(List<Sample> samples) {
        Map<String, Map<String, Sample>> byClient = new HashMap<>();
        for (Sample sample : samples) {
            byClient.computeIfAbsent(sample.text("client"), client -> new HashMap<>())
                    .put(sample.text("pair"), sample);
        }
        return byClient;
    }

    private static double cpuMicros(Sample sample) {
        return perCall(sample, "cpuNanos") / 1e3;
    }

    private static double callsPerSecond(Sample sample) {
        return sample.number("calls") / (sample.number("nanos") / 1e9);
    }

    private static double p99Micros(Sample sample) {
        return sample.number("p99Nanos") / 1e3;
    }

    private static double bytes(Sample sample) {
        return perCall(sample, "bytes");
    }

    /** What is compared, and in which unit. */
    private record Measure(ToDoubleFunction<Sample> value, String unit) {}

    /** Two clients, turn by turn. */
    private record Comparison(
            Map<String, Map<String, Sample>> samples, String client, String reference, Measure measure) {

        Comparison by(Measure other) {
            return new Comparison(samples, client, reference, other);
        }

        double percent() {
            return Pairs.of(samples, client, reference, measure.value()).medianPercent();
        }

        String remark() {
            Pairs pairs = Pairs.of(samples, client, reference, measure.value());
            return String.format(
                    Locale.ROOT,
                    "%s of %s; 95 %% interval %.1f to %.1f, %d pairs; by launch %s; medians %.1f / %.1f %s",
                    client,
                    reference,
                    pairs.low(),
                    pairs.high(),
                    pairs.count(),
                    Pairs.byLaunch(samples, client, reference, measure.value()),
                    pairs.median(),
                    pairs.referenceMedian(),
                    measure.unit());
        }
    }
}
