/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScaleVerdictTests {

    @TempDir
    private Path results;

    @Test
    void holdsWhenAllBarsHold() throws IOException {
        write(50, 1, 10, 1_000);
        assertThat(verdict())
                .contains("pick-ns=50", "pick-growth=5", "idle-instance-heap-kB=20")
                .endsWith(" held\n");
    }

    @Test
    void missesWhenPicksGrow() throws IOException {
        write(51, 1, 10, 1_000);
        assertThat(verdict()).endsWith(" missed\n");
    }

    @Test
    void missesWhenAnUpdateRebuildsAnother() throws IOException {
        write(50, 2, 10, 1_000);
        assertThat(verdict()).contains("update-candidates=2").endsWith(" missed\n");
    }

    @Test
    void missesWhenTheCpuGrows() throws IOException {
        write(50, 1, 13, 1_000);
        assertThat(verdict()).contains("churn-cpu-growth-percent=30").endsWith(" missed\n");
    }

    @Test
    void missesOnAConnectionTooMany() throws IOException {
        write(50, 1, 10, 1_001);
        assertThat(verdict()).contains("churn-extra-connections=1").endsWith(" missed\n");
    }

    private void write(long nanosAtMost, int candidates, long lastCpu, long connections) throws IOException {
        try (Samples picks =
                        new Samples(results.resolve("picks.csv"), "algorithm", "instances", "batch", "picoseconds");
                Samples updates = new Samples(
                        results.resolve("updates.csv"),
                        "algorithm",
                        "instances",
                        "round",
                        "nanos",
                        "subchannels",
                        "candidates");
                Samples seconds = new Samples(
                        results.resolve("seconds.csv"),
                        "phase",
                        "second",
                        "wallNanos",
                        "cpuNanos",
                        "answered",
                        "failed");
                Samples points = new Samples(
                        results.resolve("points.csv"),
                        "point",
                        "heapBytes",
                        "residentBytes",
                        "joined",
                        "connections")) {
            for (int size : PickCost.SIZES) {
                picks.add("random", size, 0, size == 10_000 ? nanosAtMost * 1_000 : 10_000);
                updates.add("random", size, 0, 1_000_000, 1, candidates);
            }
            seconds.add("steady", 0, 100, 5, 200, 0);
            seconds.add("third1", 0, 100, 10, 200, 0);
            seconds.add("third2", 0, 100, 10, 200, 0);
            seconds.add("third3", 0, 100, lastCpu, 200, 0);
            points.add("one", 10_000_000, 100_000_000, 1, 1);
            points.add("all", 12_000_000, 105_000_000, 101, 101);
            points.add("third1", 30_000_000, 0, 400, 400);
            points.add("third3", 30_000_000, 0, 900, 900);
            points.add("end", 30_000_000, 0, 1_000, connections);
        }
    }

    private String verdict() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ScaleVerdict.of(results).print(new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }
}
