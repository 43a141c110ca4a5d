/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceVerdictTests {

    private static final int CALLS = 1000;

    @TempDir
    private Path results;

    private long fastCrowdCalls = CALLS * 5 / 4;
    private int fastCrowdPercent = 70;
    private int fastP99Percent = 100;

    @BeforeEach
    void recordWhatHolds() throws IOException {
        peak(11, 99, 0);
        rate(11, 124);
    }

    @Test
    void holdsWithinTheBars() throws IOException {
        assertThat(verdict())
                .contains("cpu-percent=99 (bar <= 110)", "bytes-percent=99", "p99-percent=124 (bar <= 125)")
                .contains("cpu-percent-beyond=99 (bar <= 100)", "fast-calls-percent=125.0 (bar >= 120)")
                .endsWith("held\n");
    }

    @Test
    void missesAboveTheBarOfTheCost() throws IOException {
        peak(11, 111, 0);

        assertThat(verdict()).contains("cpu-percent=111 (bar <= 110)").endsWith("missed\n");
    }

    @Test
    void missesTheBarBeyondIfTheStarterCostsMoreThanRawGrpc() throws IOException {
        peak(11, 101, 0);

        assertThat(verdict())
                .contains("cpu-percent=101 (bar <= 110)", "cpu-percent-beyond=101")
                .endsWith("missed\n");
    }

    /** Whatever it makes with few callers, and its consumer's side on other servers. */
    @Test
    void missesIfTheFastProfileMakesTooFewCallsOnItsServers() throws IOException {
        fastCrowdCalls = CALLS;
        peak(11, 99, 0);

        assertThat(verdict())
                .contains("fast-calls-percent=100 (bar >= 120)", "fast-16-calls-percent=125.0 (bar none)")
                .endsWith("missed\n");
    }

    /** Whatever it costs with few callers. */
    @Test
    void missesIfTheFastProfileCostsMoreThanRawGrpcWithManyCallers() throws IOException {
        fastCrowdPercent = 140;
        peak(11, 99, 0);

        assertThat(verdict())
                .contains("fast-cpu-percent=112", "fast-bytes-percent=112")
                .contains("fast-16-cpu-percent=80")
                .endsWith("missed\n");
    }

    @Test
    void missesAboveTheBarOfTheLatency() throws IOException {
        rate(11, 126);

        assertThat(verdict()).contains("p99-percent=126 (bar <= 125)").endsWith("missed\n");
    }

    @Test
    void missesAboveTheBarOfTheFastProfilesLatency() throws IOException {
        fastP99Percent = 126;
        rate(11, 99);

        assertThat(verdict()).contains("fast-p99-percent=126 (bar <= 125)").endsWith("missed\n");
    }

    @Test
    void missesIfACallFailed() throws IOException {
        peak(11, 100, 1);

        assertThat(verdict()).contains("failed-calls=1 ").endsWith("missed\n");
    }

    @Test
    void missesWithTooFewPairs() throws IOException {
        peak(10, 100, 0);

        assertThat(verdict())
                .contains(" pairs=10 (bar >= 11)", "fast-pairs=10 (bar >= 11)")
                .endsWith("missed\n");
    }

    @Test
    void comparesWithinAPairSoThatASlowMinuteMeetsBoth() {
        List<Sample> samples = new ArrayList<>();
        samples.addAll(cpu(1, 100, 150));
        samples.addAll(cpu(2, 200, 300));
        samples.addAll(cpu(3, 1000, 1500));

        assertThat(pairs(samples).medianPercent()).isEqualTo(150);
    }

    @Test
    void leavesOutTheLowestAndTheHighestOfElevenPairs() {
        // None or one of eleven below the true median: a chance of 0.6 %. Two or fewer: 3.3 %, on both sides above 5 %.
        List<Sample> samples = new ArrayList<>();
        for (int pair = 1; pair <= 11; pair++) {
            samples.addAll(cpu(pair, 100, 100L * pair));
        }

        assertThat(pairs(samples).low()).isEqualTo(200);
        assertThat(pairs(samples).medianPercent()).isEqualTo(600);
        assertThat(pairs(samples).high()).isEqualTo(1000);
    }

    @Test
    void tellsEachLaunchByItself() throws IOException {
        peak(11, 99, 0);

        assertThat(verdict())
                .containsPattern("cpu-percent +99 .* by launch 99;")
                .containsPattern("p99-percent .* by launch 124 124;");
    }

    private static Pairs pairs(List<Sample> samples) {
        return Pairs.of(PriceVerdict.byClient(samples), "starter", "raw", sample -> sample.number("cpuNanos"));
    }

    private String verdict() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PriceVerdict.of(results).print(new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private void peak(int pairs, int percent, int failed) throws IOException {
        Path file = results.resolve("peak.csv");
        Files.deleteIfExists(file);
        try (Samples peak = new Samples(file, PriceRun.PEAK_COLUMNS)) {
            for (int pair = 0; pair < pairs; pair++) {
                for (String reference : List.of("raw", "boot-observed", "raw-fast-servers")) {
                    peak(peak, pair, reference, PriceRun.CALLERS, CALLS, 0, 100);
                }
                for (String client : List.of("fast", "fast-metered", "fast-consumer")) {
                    peak(peak, pair, client, PriceRun.CALLERS, CALLS * 5 / 4, 0, 100);
                }
                peak(peak, pair, "raw-fast-servers", PriceRun.CROWD, CALLS, 0, 100);
                peak(peak, pair, "fast-metered", PriceRun.CROWD, CALLS, 0, 100);
                peak(peak, pair, "fast", PriceRun.CROWD, fastCrowdCalls, 0, fastCrowdPercent);
                for (String client : List.of("starter", "starter-observed")) {
                    peak(peak, pair, client, PriceRun.CALLERS, CALLS, failed, percent);
                    failed = 0;
                }
            }
        }
    }

    /** @param percent of 50 us and 10 kB a call of a thousand */
    private static void peak(
            Samples samples, int pair, String client, int callers, long calls, int failed, int percent) {
        samples.add(
                0,
                pair,
                client,
                callers,
                calls,
                failed,
                1,
                CALLS * 500L * percent,
                CALLS * 100L * percent,
                CALLS * 2L,
                0,
                CALLS * 60_000L);
    }

    private void rate(int pairs, int percent) throws IOException {
        Path file = results.resolve("rate.csv");
        Files.deleteIfExists(file);
        try (Samples rate = new Samples(file, PriceRun.RATE_COLUMNS)) {
            for (int pair = 0; pair < pairs; pair++) {
                rate.add(pair % 2, pair, "raw", 1, CALLS, 0, 500_000, 1_000_000);
                rate.add(pair % 2, pair, "raw-fast-servers", 1, CALLS, 0, 500_000, 1_000_000);
                rate.add(pair % 2, pair, "fast", 1, CALLS, 0, 500_000, 10_000 * fastP99Percent);
                rate.add(pair % 2, pair, "starter", 1, CALLS, 0, 500_000, 10_000 * percent);
            }
        }
    }

    private static List<Sample> cpu(int pair, long raw, long starter) {
        return List.of(
                new Sample(Map.of("pair", "" + pair, "client", "raw", "cpuNanos", "" + raw)),
                new Sample(Map.of("pair", "" + pair, "client", "starter", "cpuNanos", "" + starter)));
    }
}
