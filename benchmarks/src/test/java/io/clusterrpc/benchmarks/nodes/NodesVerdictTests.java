/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.backends.Call;
import io.clusterrpc.benchmarks.backends.CallLog;
import io.clusterrpc.benchmarks.backends.Contender;
import io.grpc.Status.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodesVerdictTests {

    private static final int PER_SECOND = 100;

    @TempDir
    private Path results;

    @Test
    void holdsWhenAllBarsHold() throws IOException {
        assertThat(verdict(1, 5, 80, 150))
                .contains(
                        "adaptive-failing-success-%=99 ", "adaptive-slow-share-%=5 ", "adaptive-slow-overshoot-%=150 ")
                .endsWith(" held\n");
    }

    @Test
    void missesWhenTooManyFail() throws IOException {
        assertThat(verdict(2, 5, 80, 150)).contains("failing-success-%=98 ").endsWith(" missed\n");
    }

    @Test
    void missesWhenTheSlowOneGetsTooMuch() throws IOException {
        assertThat(verdict(1, 6, 80, 150)).contains("slow-share-%=6 ").endsWith(" missed\n");
    }

    @Test
    void missesWhenItDoesNotComeBack() throws IOException {
        assertThat(verdict(1, 5, 70, 150)).contains("slow-recovered-%=70 ").endsWith(" missed\n");
    }

    @Test
    void missesWhenItGetsTooMuchOnItsReturn() throws IOException {
        assertThat(verdict(1, 5, 80, 160)).contains("slow-overshoot-%=160 ").endsWith(" missed\n");
    }

    private String verdict(int failed, int slowPercent, int recoveredPercent, int overshootPercent) throws IOException {
        try (CallLog log = new CallLog(results)) {
            for (Contender contender : List.of(Contender.DEFAULT, Contender.DEFAULT_ALONE)) {
                for (int second = 0; second < NodesRun.SECONDS; second++) {
                    boolean trouble = second >= NodesRun.TROUBLE_FROM && second < NodesRun.TROUBLE_UNTIL;
                    boolean justBack = second == 40 || second == 41;
                    int ofFair = justBack ? overshootPercent : recoveredPercent;
                    for (int i = 0; i < PER_SECOND; i++) {
                        boolean fails = trouble && i < failed;
                        log.add(call(
                                NodesRun.FAILING,
                                contender,
                                second,
                                fails ? Code.UNAVAILABLE : Code.OK,
                                trouble ? fails : i < ofFair / NodesRun.FAILING_OF));
                        log.add(call(
                                NodesRun.SLOW,
                                contender,
                                second,
                                Code.OK,
                                i < (trouble ? slowPercent : ofFair / NodesRun.SLOW_OF)));
                    }
                }
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NodesVerdict.of(results).print(new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Call call(String cluster, Contender contender, int second, Code code, boolean toNode) {
        return new Call(1, cluster, contender.name(), second * 1_000_000, 20_000, code, toNode ? NodesRun.NODE : 0);
    }
}
