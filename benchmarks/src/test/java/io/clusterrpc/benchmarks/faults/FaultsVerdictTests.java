/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultsVerdictTests {

    private static final long SECOND = 1_000_000;

    @TempDir
    private Path results;

    @Test
    void holdsWhenNothingFailedAfterAKill() throws IOException {
        record("kill", 10_000, -1, "killed");

        assertThat(verdict()).contains("held:     0 failed of 10,000").endsWith("1 held, 0 missed, 0 skipped\n");
    }

    @Test
    void missesOnOneFailedCall() throws IOException {
        record("kill", 10_000, 7_000, "killed");

        assertThat(verdict()).contains("missed:   1 failed of 10,000").endsWith("0 held, 1 missed, 0 skipped\n");
    }

    @Test
    void missesOnCallsThatWereNotMade() throws IOException {
        record("kill", 9_999, -1, "killed");

        assertThat(verdict()).endsWith("0 held, 1 missed, 0 skipped\n");
    }

    @Test
    void missesOnAFailureLaterThanTwoSecondsAfterAHalfOpenConnection() throws IOException {
        record("half-open", 100, 21, "swallowing");

        assertThat(verdict()).contains("1 failed of 100, 1 of them later than 2 s after");
    }

    @Test
    void toleratesAFailureAtFirst() throws IOException {
        record("half-open", 100, 10, "swallowing");

        assertThat(verdict()).contains("1 failed of 100, 0 of them later").endsWith("1 held, 0 missed, 0 skipped\n");
    }

    @Test
    void missesOnASlowCallTooMany() throws IOException {
        record("slow-node", 200, -1, "slow");

        assertThat(verdict()).contains("held:     0.00 % of 100 calls above 400 ms");
        try (Samples calls = calls("slow-node", true)) {
            for (int i = 0; i < 200; i++) {
                calls.add(
                        Lab.FAULT,
                        i * SECOND / 10,
                        i * SECOND / 10 + (i == 150 || i == 160 ? 401_000 : 1_000),
                        "m",
                        "OK",
                        "",
                        "");
            }
        }
        assertThat(verdict()).contains("missed:   2.00 % of 100 calls above 400 ms");
    }

    @Test
    void countsTheCallsOfConsumersInProcessesOfTheirOwn() throws IOException {
        record("registry-lies", 300, -1, "empty");
        Path folder = results.resolve("registry-lies");
        try (Samples own = new Samples(folder.resolve("calls-consumer-5.csv"), Load.COLUMNS)) {
            own.add("before", 0, 1, "SayHello", "UNAVAILABLE", "", "");
            own.add(Lab.FAULT, 12 * SECOND, 12 * SECOND, "SayHello", "UNAVAILABLE", "", "");
        }
        Files.writeString(
                folder.resolve("events.csv"),
                "micros,event,detail\n0,empty,\n" + 10 * SECOND + ",minus-80-percent,\n" + 20 * SECOND + ",flapping,\n"
                        + 30 * SECOND + ",end,\n");

        assertThat(verdict())
                .contains(
                        "missed:   empty: 0 failed of 100, minus-80-percent: 1 failed of 101, flapping: 0 failed of 100");
    }

    @Test
    void missesWhenHealthWasNotAnsweredOrTheInstanceDoesNotComeBack() throws IOException {
        exhaust(12, "pid 7 port 1");
        assertThat(verdict())
                .contains("12 of 12 health calls answered; in use again after 0.00 s")
                .contains("held: ");
        exhaust(11, "pid 7 port 1");
        assertThat(verdict()).contains("missed:   ").contains("11 of 12 health calls");
        exhaust(12, "pid 70 port 1");
        assertThat(verdict()).contains("missed:   ").contains("in use again after Infinity s");
    }

    private void exhaust(int healthy, String instance) throws IOException {
        Path folder = Files.createDirectories(results.resolve("handler-exhaustion"));
        StringBuilder calls = new StringBuilder(String.join(",", Load.COLUMNS)).append('\n');
        for (int i = 0; i < 300; i++) {
            calls.append("fault,%d,%d,SayHello,OK,%s,%n"
                    .formatted(i * SECOND / 10, i * SECOND / 10 + 1_000, i < 120 ? "pid 8 port 2" : instance));
        }
        Files.writeString(folder.resolve("calls.csv"), calls);
        StringBuilder events = new StringBuilder("micros,event,detail\n0,hang,7\n");
        for (int i = 0; i < 12; i++) {
            events.append("%d,health,%s%n".formatted(i * SECOND, i < healthy ? "SERVING" : "DEADLINE_EXCEEDED"));
        }
        Files.writeString(
                folder.resolve("events.csv"), events.append(12 * SECOND).append(",released,7\n"));
    }

    @Test
    void missesOnAttemptsThatMultiplyAnOutage() throws IOException {
        outage(120, 120, 60, 25_000);
        assertThat(verdict()).contains("held:     0 failed later", "1.20 attempts each (untold 1.20)");
        outage(121, 120, 60, 25_000);
        assertThat(verdict()).contains("missed:   ", "1.21 attempts each (untold 1.20)");
        outage(120, 121, 60, 25_000);
        assertThat(verdict()).contains("missed:   ", "1.20 attempts each (untold 1.21)");
    }

    @Test
    void missesOnAHerdAfterAnOutage() throws IOException {
        outage(0, 0, 60, 25_000);
        assertThat(verdict())
                .contains("held: ", "60 of 60 were made again within 1.5 s, at most 7 % of them in 100 ms");
        outage(0, 0, 60, 2_000);
        assertThat(verdict()).contains("missed:   ", "at most 83 % of them in 100 ms");
        outage(0, 0, 61, 25_000);
        assertThat(verdict()).contains("missed:   ", "61 of 60 were made again");
        outage(0, 0, 59, 25_000);
        assertThat(verdict()).contains("missed:   ", "59 of 60 were made again");
        outage(0, 0, 60, 50_000);
        assertThat(verdict()).contains("missed:   ", "within 3.0 s");
    }

    /** Ten calls a second that fail for ten seconds. */
    private void outage(int told, int untold, int connections, long apartMicros) throws IOException {
        Path folder = Files.createDirectories(results.resolve("outage"));
        StringBuilder calls = new StringBuilder(String.join(",", Load.COLUMNS)).append('\n');
        for (int i = 0; i < 250; i++) {
            for (String phase : List.of(Lab.FAULT, "untold")) {
                calls.append("%s,%d,%d,SayHello,%s,,%n"
                        .formatted(phase, i * SECOND / 10, i * SECOND / 10 + 1_000, i < 100 ? "UNAVAILABLE" : "OK"));
            }
        }
        Files.writeString(folder.resolve("calls.csv"), calls);
        StringBuilder events = new StringBuilder("micros,event,detail\n0,killed,\n");
        IntStream.range(0, told).forEach(i -> events.append("%d,attempt,greeter%n".formatted(i)));
        IntStream.range(0, untold).forEach(i -> events.append("%d,attempt,untold-0%n".formatted(i)));
        IntStream.range(0, 60).forEach(i -> events.append("%d,refused,1%n".formatted(i)));
        events.append("%d,listening,%n%d,back,%d%n".formatted(10 * SECOND, 10 * SECOND, 10 * SECOND));
        IntStream.range(0, connections)
                .forEach(i -> events.append("%d,connected,1%n".formatted(10 * SECOND + i * apartMicros)));
        Files.writeString(
                folder.resolve("events.csv"), events.append(25 * SECOND).append(",end,\n"));
    }

    @Test
    void neverCallsHeldWhatWasNotInjected() throws IOException {
        Files.writeString(
                Files.createDirectories(results.resolve("disk-full")).resolve("skipped.txt"), "not permitted");
        Files.writeString(Files.createDirectories(results.resolve("freeze")).resolve("failed.txt"), "no providers");

        assertThat(verdict())
                .contains("skipped:  not permitted", "missed:   it could not be measured: no providers")
                .endsWith("0 held, 1 missed, 1 skipped\n");
    }

    @Test
    void listsEveryFaultOnce() {
        assertThat(Faults.ALL.stream().map(Fault::name)).doesNotHaveDuplicates().contains("kill", "overload");
    }

    /** Ten calls a second of a millisecond each from 0 on, one of which may fail, and an event at 0. */
    private void record(String fault, int number, int failing, String event) throws IOException {
        try (Samples calls = calls(fault, false);
                Samples events =
                        new Samples(results.resolve(fault).resolve("events.csv"), "micros", "event", "detail")) {
            for (int i = 0; i < number; i++) {
                calls.add(
                        Lab.FAULT,
                        i * SECOND / 10,
                        i * SECOND / 10 + 1_000,
                        "SayHello",
                        i == failing ? "UNAVAILABLE" : "OK",
                        "pid 1",
                        "");
            }
            events.add(0, event, "1");
            events.add(number * SECOND / 10, "end", "");
        }
    }

    private Samples calls(String fault, boolean again) throws IOException {
        Path file = Files.createDirectories(results.resolve(fault)).resolve("calls.csv");
        if (again) {
            Files.delete(file);
        }
        return new Samples(file, Load.COLUMNS);
    }

    private String verdict() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FaultsVerdict.print(results, new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }
}
