/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryVerdictTests {

    private static final long SECOND = 1_000_000;

    @TempDir
    private Path results;

    // What one run was like, in microseconds and numbers; each test makes one of them worse.
    private long leave = 49_000;
    private long join = 240_000;
    private long nginxLeave = 990_000;
    private long lastPickOfKilled = 99_000;
    private long unlisted = 1_499_000;
    private String code = "OK";
    private long registered = 4_999_000;
    private long cutSeconds = 60;
    private int requests = 60;
    private int threads = 21;
    private long heap = 34_000_000;
    private int rounds = Changes.ROUNDS;

    @Test
    void holdsWhenAllBarsHold() throws IOException {
        assertThat(verdict())
                .contains("consul-leave-median-ms=49 (bar <= 50)", "nginx-leave-p99-ms=990 (bar <= 1000)")
                .contains("kill-connection-p99-ms=99 (bar <= 100)", "kill-registry-p99-ms=1499 (bar <= 1500)")
                .contains("bulk-requests-per-minute=60 (bar <= 60)")
                .endsWith(" held\n");
    }

    @Test
    void missesOnASlowLeave() throws IOException {
        leave = 51_000;
        assertThat(verdict()).contains("consul-leave-median-ms=51 (bar <= 50)").endsWith(" missed\n");
    }

    @Test
    void missesWhenTheNewcomerIsNeverPicked() throws IOException {
        join = Long.MAX_VALUE;
        assertThat(verdict()).contains("consul-join-median-ms=none").endsWith(" missed\n");
    }

    @Test
    void missesOnASlowNginx() throws IOException {
        nginxLeave = 1_001_000;
        assertThat(verdict()).contains("nginx-leave-median-ms=1001").endsWith(" missed\n");
    }

    @Test
    void missesOnPicksOfTheKilled() throws IOException {
        lastPickOfKilled = 101_000;
        assertThat(verdict()).contains("kill-connection-median-ms=101").endsWith(" missed\n");
    }

    @Test
    void missesWhenTheRegistryIsSlow() throws IOException {
        unlisted = 1_501_000;
        assertThat(verdict()).contains("kill-registry-median-ms=1501").endsWith(" missed\n");
    }

    @Test
    void missesOnOneFailedCall() throws IOException {
        code = "UNAVAILABLE";
        assertThat(verdict()).contains("cut-failed=1 (bar 0)").endsWith(" missed\n");
    }

    @Test
    void missesWhenItIsNotRegisteredAgainInTime() throws IOException {
        registered = 5_001_000;
        assertThat(verdict()).contains("cut-registered-ms=5001").endsWith(" missed\n");
    }

    @Test
    void missesOnAShortCut() throws IOException {
        cutSeconds = 59;
        assertThat(verdict()).contains("cut-seconds=59").endsWith(" missed\n");
    }

    @Test
    void missesOnTooManyRequestsThreadsOrBytes() throws IOException {
        requests = 61;
        threads = 22;
        heap = 34_001_000;
        assertThat(verdict())
                .contains("bulk-requests-per-minute=61", "bulk-threads-more=2", "bulk-heap-more-kb=4001")
                .endsWith(" missed\n");
    }

    @Test
    void missesWhenTheRunWasCutShort() throws IOException {
        rounds = 49;
        assertThat(verdict())
                .contains("consul-changes=98 (bar 100)", "kills=49 (bar 50)")
                .endsWith(" missed\n");
    }

    private String verdict() throws IOException {
        write();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DiscoveryVerdict.of(results).print(new PrintStream(out));
        return out.toString();
    }

    private void write() {
        try (Samples events = samples("events.csv", "phase", "micros", "event", "port");
                Samples picks = samples("picks.csv", "micros", "method", "port");
                Samples calls = samples("calls.csv", Load.COLUMNS);
                Samples asked = samples("requests.csv", "micros", "request");
                Samples consumer = samples("consumer.csv", BulkConsumer.COLUMNS)) {
            for (long round = 0; round < rounds; round++) {
                long at = (1 + 20 * round) * SECOND;
                change(events, "consul", at);
                if (join != Long.MAX_VALUE) {
                    picks.add(at + join, "SayHello", 7000);
                }
                picks.add(at + 10 * SECOND + leave, "SayHello", 7000);
                change(events, "nginx", at);
                call(calls, "nginx", at + join, "OK", 7000);
                call(calls, "nginx", at + 10 * SECOND + nginxLeave, "OK", 7000);
                events.add("consul-kill", at, "killed", 8000 + round);
                picks.add(at + lastPickOfKilled, "SayHello", 8000 + round);
                events.add("consul-kill", at + unlisted, "unlisted", 8000 + round);
            }
            for (String phase : new String[] {"restart", "data", "cut"}) {
                events.add(phase, 0, "struck", 0);
                events.add(phase, cutSeconds * SECOND, "returned", 0);
                events.add(phase, cutSeconds * SECOND + registered, "registered", 0);
                call(calls, phase, 0, code, 7000);
            }
            events.add("bulk", 0, "window", 0);
            events.add("bulk", 60 * SECOND, "over", 0);
            for (int i = 0; i < requests; i++) {
                asked.add(i * 900_000, "GET /v1/health/service/bulk-1");
            }
            consumer.add("before", 10, 20, 30_000_000, "main");
            consumer.add("after", 200, threads, heap, "main");
        }
    }

    private static void change(Samples events, String phase, long at) {
        events.add(phase, at, "joins", 7000);
        events.add(phase, at + 10 * SECOND, "leaves", 7000);
    }

    private static void call(Samples calls, String phase, long began, String code, int port) {
        calls.add(phase, began, began, "SayHello", code, "port " + port, "");
    }

    private Samples samples(String file, String... columns) {
        return new Samples(results.resolve(file), columns);
    }
}
