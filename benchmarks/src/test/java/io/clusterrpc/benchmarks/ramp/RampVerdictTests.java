/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RampVerdictTests {

    @TempDir
    private Path results;

    @Test
    void holdsWhereAdaptiveIsNotWorseInAnyPair() throws IOException {
        write(RampRun.SEEDS, 100, 100, 20);
        assertThat(verdict())
                .contains("10x20@90-p99-%-of-peak-ewma-3=100 (bar <= 100)")
                .endsWith(" held\n");
    }

    @Test
    void missesWhenItIsWorseInOneColumn() throws IOException {
        write(RampRun.SEEDS, 101, 100, 20);
        assertThat(verdict())
                .contains("10x20@70-p99-%-of-peak-ewma-3=100 (bar", "100x20@70-p99-%-of-peak-ewma-3=101 (bar")
                .endsWith(" missed\n");
    }

    @Test
    void missesWhenTooFewSeedsRan() throws IOException {
        write(RampRun.SEEDS - 1, 100, 100, 20);
        assertThat(verdict()).contains("10x20@70-seeds=10 (bar 11)").endsWith(" missed\n");
    }

    @Test
    void missesWhenTooManyOfLinkerdsCallsAreLate() throws IOException {
        write(RampRun.SEEDS, 100, 101, 20);
        assertThat(verdict()).contains("linkerd-late-per-100000=101").endsWith(" missed\n");
    }

    @Test
    void missesWhenTheRecoveredOneGetsTooMuch() throws IOException {
        write(RampRun.SEEDS, 100, 100, 31);
        assertThat(verdict()).contains("recovering-share-%=155 (bar <= 150)").endsWith(" missed\n");
    }

    /** All figures equal the bars, but for those given. */
    private void write(int seeds, int p99InOneColumn, int late, int recoveringShare) throws IOException {
        try (Samples runs = new Samples(
                        results.resolve("runs.csv"),
                        "column",
                        "policy",
                        "seed",
                        "calls",
                        "p50micros",
                        "p99micros",
                        "p999micros",
                        "failed",
                        "late",
                        "spreadPermille");
                Samples shares = new Samples(
                        results.resolve("shares.csv"),
                        "column",
                        "policy",
                        "seed",
                        "second",
                        "picks",
                        "of",
                        "inFlight")) {
            for (int seed = 1; seed <= seeds; seed++) {
                for (Column column : Stream.of(Column.TABLE, Column.EQUAL, Column.SPECIAL)
                        .flatMap(List::stream)
                        .toList()) {
                    for (Policy policy : column.policies()) {
                        boolean ours = policy == Policy.ADAPTIVE;
                        int p99 = ours && column.name().equals("100x20@70") ? p99InOneColumn : 100;
                        runs.add(column.name(), policy.label, seed, 100_000, 1, p99, 1_000, 1_000, late, 1_010);
                    }
                }
                for (int second = 0; second < 90; second++) {
                    int share = second < 45 ? 5 : second < 75 ? recoveringShare : 20;
                    shares.add("slow", "adaptive", seed, second, share, 100, 1);
                    shares.add("joining", "adaptive", seed, second, 1, 100, 1);
                }
            }
        }
    }

    private String verdict() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RampVerdict.of(results).print(new PrintStream(out, true));
        return out.toString();
    }
}
