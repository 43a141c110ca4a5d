/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.spine;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpineVerdictTests {

    private static final long GONE = 10_000_000;
    private static final long READY = 100_000_000;

    @TempDir
    private Path results;

    @Test
    void holdsWhenAllBarsHold() throws IOException {
        write(GONE + 99_000, "OK", 1.0, 299);

        assertThat(verdict()).contains("kill-last-pick-ms=99 (bar <= 100)").endsWith(" held\n");
    }

    @Test
    void missesOnAPickOfTheDead() throws IOException {
        write(GONE + 101_000, "OK", 1.0, 299);

        assertThat(verdict()).contains("kill-last-pick-ms=101 (bar <= 100)").endsWith(" missed\n");
    }

    @Test
    void missesOnAFailedUnsafeCall() throws IOException {
        write(GONE, "UNAVAILABLE", 1.0, 299);

        assertThat(verdict()).contains("restart-failed=1 (bar 0)").endsWith(" missed\n");
    }

    @Test
    void missesWhenTheNewcomerGetsItsFullShareAtOnce() throws IOException {
        write(GONE, "OK", 10, 299);

        assertThat(verdict()).endsWith(" missed\n");
    }

    @Test
    void missesOnASlowStart() throws IOException {
        write(GONE, "OK", 1.0, 300);

        assertThat(verdict()).contains("start-up-cpu-more-ms=300 (bar < 300)").endsWith(" missed\n");
    }

    private void write(long lastPickOfTheDead, String unsafeCode, double rampFactor, int more) throws IOException {
        try (Samples calls = new Samples(
                        results.resolve("calls.csv"), "phase", "began", "ended", "method", "code", "instance", "text");
                Samples picks = new Samples(results.resolve("picks.csv"), "micros", "method", "port");
                Samples events = new Samples(results.resolve("events.csv"), "phase", "micros", "event", "port", "pid");
                Samples starts = new Samples(
                        results.resolve("starts.csv"), "pair", "application", "cpuMillisReady", "cpuMillis");
                Samples jars = new Samples(results.resolve("jars.csv"), "jar", "bytes", "added")) {
            for (int i = 0; i < SpineRun.CALLS_AT_KILL; i++) {
                calls.add("kill", 0, 0, "SayHello", "OK", "a", "");
            }
            picks.add(lastPickOfTheDead, "SayHello", 1);
            events.add("kill", GONE - 5000, "killed", 1, 1);
            events.add("kill", GONE, "gone", 1, 1);
            for (int i = 0; i < 3; i++) {
                events.add("restart", 0, "gone", i, i);
            }
            calls.add("restart", 0, 0, "PlaceOrder", unsafeCode, "a", "");
            events.add("join", READY, "ready", 9, 9);
            // Ten picks of the other provider in each 100 ms, and of the newcomer as many as the ramp says.
            double due = 0;
            for (int slot = 0; slot < 240; slot++) {
                long at = READY + slot * 100_000;
                due += 10 * Math.min(1, rampFactor * (0.1 + 0.9 * slot / 10.0 / SpineRun.WARM_UP_SECONDS));
                for (int i = 0; i < 10; i++) {
                    picks.add(at, "SayHello", 8);
                }
                for (; due >= 1; due--) {
                    picks.add(at, "SayHello", 9);
                }
            }
            for (int pair = 0; pair <= 15; pair++) {
                // The mean of three counts.
                for (int off : new int[] {-40, -40, 80}) {
                    starts.add(pair, "plain", 0, 1000 - off);
                    starts.add(pair, "starter", 0, 1000 + more + off);
                }
            }
            jars.add("a.jar", 1_000_000_000, "false");
            jars.add("b.jar", 1_900_000, "true");
        }
    }

    private String verdict() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SpineVerdict.of(results).print(new PrintStream(out, true));
        return out.toString();
    }
}
