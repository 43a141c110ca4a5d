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
        verdict.atLeast("pairs", samples.rounds("raw"), 11, "of interleaved rounds");
        samples.atMost(verdict, "cpu-percent", samples.peak, "starter", "raw", PriceVerdict::cpuMicros, "us", 110);
        samples.atMost(verdict, "bytes-percent", samples.peak, "starter", "raw", PriceVerdict::bytes, "B", 110);
        samples.atMost(verdict, "p99-percent", samples.rate, "starter", "raw", PriceVerdict::p99Micros, "us", 125);
        samples.atMost(
                verdict,
                "observed-cpu-percent",
                samples.peak,
                "starter-observed",
                "boot-observed",
                PriceVerdict::cpuMicros,
                "us",
                110);
        samples.atMost(
                verdict,
                "observed-bytes-percent",
                samples.peak,
                "starter-observed",
                "boot-observed",
                PriceVerdict::bytes,
                "B",
                110);
        samples.atMost(
                verdict, "cpu-percent-beyond", samples.peak, "starter", "raw", PriceVerdict::cpuMicros, "us", 100);
        // The fast profile, beside raw grpc-java on the same servers, which have the provider's side of it.
        verdict.atLeast(
                "fast-pairs", samples.crowd.getOrDefault("fast", Map.of()).size(), 11, "of interleaved rounds");
        Pairs calls = Pairs.of(samples.crowd, "fast", FAST_REFERENCE, PriceVerdict::callsPerSecond);
        verdict.atLeast(
                "fast-calls-percent",
                calls.medianPercent(),
                120,
                remark(calls, samples.crowd, "fast", FAST_REFERENCE, PriceVerdict::callsPerSecond, "calls/s"));
        samples.atMost(
                verdict, "fast-cpu-percent", samples.crowd, "fast", FAST_REFERENCE, PriceVerdict::cpuMicros, "us", 100);
        samples.atMost(
                verdict, "fast-bytes-percent", samples.crowd, "fast", FAST_REFERENCE, PriceVerdict::bytes, "B", 110);
        samples.atMost(
                verdict, "fast-p99-percent", samples.rate, "fast", FAST_REFERENCE, PriceVerdict::p99Micros, "us", 125);
        callsAtPeak(verdict, samples, "fast-16-calls-percent", "fast", FAST_REFERENCE);
        measured(verdict, "fast-16-cpu-percent", samples.peak, "fast", FAST_REFERENCE, PriceVerdict::cpuMicros, "us");
        measured(
                verdict,
                "fast-metered-calls-percent",
                samples.crowd,
                "fast-metered",
                FAST_REFERENCE,
                PriceVerdict::callsPerSecond,
                "calls/s");
        callsAtPeak(verdict, samples, "fast-metered-16-calls-percent", "fast-metered", FAST_REFERENCE);
        callsAtPeak(verdict, samples, "starter-calls-percent", "starter", "raw");
        callsAtPeak(verdict, samples, "fast-consumer-calls-percent", "fast-consumer", "raw");
        samples.atMost(
                verdict,
                "fast-consumer-cpu-percent",
                samples.peak,
                "fast-consumer",
                "raw",
                PriceVerdict::cpuMicros,
                "us",
                100);
        return verdict;
    }

    private int rounds(String client) {
        return peak.getOrDefault(client, Map.of()).size();
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

    private void atMost(
            Verdict verdict,
            String metric,
            Map<String, Map<String, Sample>> samples,
            String client,
            String reference,
            ToDoubleFunction<Sample> value,
            String unit,
            double bar) {
        Pairs pairs = Pairs.of(samples, client, reference, value);
        verdict.atMost(metric, pairs.medianPercent(), bar, remark(pairs, samples, client, reference, value, unit));
    }

    private static void callsAtPeak(
            Verdict verdict, PriceVerdict samples, String metric, String client, String reference) {
        measured(verdict, metric, samples.peak, client, reference, PriceVerdict::callsPerSecond, "calls/s");
    }

    private static void measured(
            Verdict verdict,
            String metric,
            Map<String, Map<String, Sample>> samples,
            String client,
            String reference,
            ToDoubleFunction<Sample> value,
            String unit) {
        Pairs pairs = Pairs.of(samples, client, reference, value);
        verdict.measured(metric, pairs.medianPercent(), remark(pairs, samples, client, reference, value, unit));
    }

    private static String remark(
            Pairs pairs,
            Map<String, Map<String, Sample>> samples,
            String client,
            String reference,
            ToDoubleFunction<Sample> value,
            String unit) {
        return String.format(
                Locale.ROOT,
                "%s of %s; 95 %% interval %.1f to %.1f, %d pairs; by launch %s; medians %.1f / %.1f %s",
                client,
                reference,
                pairs.low(),
                pairs.high(),
                pairs.count(),
                Pairs.byLaunch(samples, client, reference, value),
                pairs.median(),
                pairs.referenceMedian(),
                unit);
    }
}
