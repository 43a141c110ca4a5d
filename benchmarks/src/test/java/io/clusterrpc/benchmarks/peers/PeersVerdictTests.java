/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersVerdictTests {

    private static final long SECOND = 1_000_000_000;

    @TempDir
    private Path results;

    @Test
    void holdsWithTwoAndAHalfTimesTheCallsOfDubbo() throws IOException {
        record(2500, 1000, 0);

        assertThat(verdict())
                .contains("starter          16   1024         2500       40.0")
                .contains("dubbo-ratio-100B=2.500 (bar >= 2.5), dubbo-ratio-1024B=2.500 (bar >= 2.5)")
                .endsWith("held\n");
    }

    @Test
    void missesBelow() throws IOException {
        record(2490, 1000, 0);

        assertThat(verdict()).endsWith("missed\n");
    }

    @Test
    void missesIfACallFailed() throws IOException {
        record(3000, 1000, 1);

        assertThat(verdict()).contains("failed-calls=").endsWith("missed\n");
    }

    @Test
    void missesWithoutDubbo() throws IOException {
        record(3000, 0, 0);

        assertThat(verdict()).contains("dubbo-ratio-100B=none").endsWith("missed\n");
    }

    private void record(long own, long dubbo, long failed) {
        try (Samples samples = new Samples(
                results.resolve("peers.csv"),
                "round",
                "client",
                "callers",
                "size",
                "calls",
                "failed",
                "nanos",
                "cpuNanos",
                "bytes")) {
            for (int round = 0; round < 5; round++) {
                for (int size : new int[] {100, 1024}) {
                    // The machine is twice as fast in every other round.
                    long nanos = round % 2 == 0 ? SECOND : SECOND / 2;
                    samples.add(round, "starter", 16, size, own, failed, nanos, own * 40_000, own * 7000);
                    if (dubbo > 0) {
                        samples.add(round, "dubbo", 16, size, dubbo, 0, nanos, dubbo * 300_000, dubbo * 30_000);
                    }
                }
            }
        }
    }

    private String verdict() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PeersVerdict.print(results, new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }
}
