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
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryVerdictTests {

    private static final long SECOND = 1_000_000;
    private static final String[] EVENTS = {"phase", "micros", "event", "port"};
    private static final String[] PICKS = {"micros", "method", "port"};

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
    private long kubernetesJoin = 99_000;
    private long eurekaLeave = 1_234_000;
    private boolean bridged = true;
    private long stall = 7_000;
    private int rounds = Changes.ROUNDS;

    @Test
    void holdsWhenAllBarsHold() throws IOException {
        assertThat(verdict())
                .contains("consul-leave-median-ms=49 (bar <= 50)", "nginx-leave-p99-ms=990 (bar <= 1000)")
                .contains("kill-connection-p99-ms=99 (bar <= 100)", "kill-registry-p99-ms=1499 (bar <= 1500)")
                .contains("kill-kernel-median-ms=30 (bar none)")
                .contains("kubernetes-leave-median-ms=99 (bar <= 100)", "kubernetes-join-p99-ms=99 (bar <= 100)")
                .contains("eureka-leave-p99-ms=1234 (bar none)", "zookeeper-join-median-ms=20 (bar none)")
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

    @Test
    void missesOnASlowApiServer() throws IOException {
        kubernetesJoin = 101_000;
        assertThat(verdict()).contains("kubernetes-join-p99-ms=101").endsWith(" missed\n");
    }

    @Test
    void missesWhenTheBridgeWasNotMeasured() throws IOException {
        bridged = false;
        assertThat(verdict())
                .contains("eureka-changes=0", "zookeeper-leave-median-ms=none")
                .endsWith(" missed\n");
    }

    @Test
    void saysWhatTheProcessStoodStillWhileTheSlowestChangeShowed() throws IOException {
        assertThat(verdict()).contains("of 50; meanwhile the process stood still for 7 ms");
        stall = 0;
        assertThat(verdict()).doesNotContain("stood still");
    }

    private String verdict() throws IOException {
        write();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DiscoveryVerdict.of(results).print(new PrintStream(out));
        return out.toString();
    }

    private void write() throws IOException {
        try (Samples events = samples("", "events.csv", EVENTS);
                Samples picks = samples("", "picks.csv", PICKS);
                Samples calls = samples("", "calls.csv", Load.COLUMNS);
                Samples stalls = samples("", "stalls.csv", "micros", "lasted");
                Samples asked = samples("", "requests.csv", "micros", "request");
                Samples consumer = samples("", "consumer.csv", BulkConsumer.COLUMNS)) {
            for (long round = 0; round < rounds; round++) {
                long at = (1 + 20 * round) * SECOND;
                change(events, picks, "consul", at, leave, join);
                events.add("nginx", at, "joins", 7000);
                events.add("nginx", at + 10 * SECOND, "leaves", 7000);
                call(calls, "nginx", at + 240_000, "OK", 7000);
                call(calls, "nginx", at + 10 * SECOND + nginxLeave, "OK", 7000);
                events.add("consul-kill", at, "killed", 8000 + round);
                events.add("consul-kill", at + 30_000, "closed", 8000 + round);
                picks.add(at + lastPickOfKilled, "SayHello", 8000 + round);
                events.add("consul-kill", at + unlisted, "unlisted", 8000 + round);
                if (stall > 0) {
                    stalls.add(at + 10 * SECOND + 1_000, stall);
                }
            }
            events.add("consul", 1_100 * SECOND, "over", 0);
            events.add("nginx", 1_100 * SECOND, "over", 0);
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
        apart("kubernetes", 99_000, kubernetesJoin);
        if (bridged) {
            apart("eureka", eurekaLeave, 500_000);
            apart("zookeeper", 20_000, 20_000);
        }
    }

    /** What the process of one registry leaves. */
    private void apart(String registry, long leaves, long joins) throws IOException {
        Files.createDirectories(results.resolve(registry));
        try (Samples events = samples(registry, "events.csv", EVENTS);
                Samples picks = samples(registry, "picks.csv", PICKS);
                Samples calls = samples(registry, "calls.csv", Load.COLUMNS);
                Samples stalls = samples(registry, "stalls.csv", "micros", "lasted")) {
            for (long round = 0; round < rounds; round++) {
                change(events, picks, registry, (1 + 20 * round) * SECOND, leaves, joins);
            }
            events.add(registry, 1_100 * SECOND, "over", 0);
            call(calls, registry, 0, "OK", 7000);
        }
    }

    private static void change(Samples events, Samples picks, String phase, long at, long leaves, long joins) {
        events.add(phase, at, "joins", 7000);
        events.add(phase, at + 10 * SECOND, "leaves", 7000);
        if (joins != Long.MAX_VALUE) {
            picks.add(at + joins, "SayHello", 7000);
        }
        picks.add(at + 10 * SECOND + leaves, "SayHello", 7000);
    }

    private static void call(Samples calls, String phase, long began, String code, int port) {
        calls.add(phase, began, began, "SayHello", code, "port " + port, "");
    }

    private Samples samples(String folder, String file, String... columns) {
        return new Samples(results.resolve(folder).resolve(file), columns);
    }
}
