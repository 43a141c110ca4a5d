/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.linkerd;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.backends.Call;
import io.clusterrpc.benchmarks.backends.CallLog;
import io.grpc.Status.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkerdVerdictTests {

    @TempDir
    private Path results;

    @Test
    void holdsWhenAllBarsHold() throws IOException {
        assertThat(verdict(1, 45, Code.OK, LinkerdRun.ROUNDS))
                .contains("adaptive-%=99.900", "adaptive+ejection-%=99.900", "round-robin-%=95.500")
                .endsWith(" held\n");
    }

    @Test
    void missesWhenAdaptiveIsLateTooOften() throws IOException {
        assertThat(verdict(2, 45, Code.OK, LinkerdRun.ROUNDS))
                .contains("adaptive-%=99.800")
                .endsWith(" missed\n");
    }

    @Test
    void missesWhenRoundRobinIsBetterThanTheExperimentAllows() throws IOException {
        assertThat(verdict(1, 30, Code.OK, LinkerdRun.ROUNDS)).endsWith(" missed\n");
    }

    @Test
    void countsAFailureInTimeAsAFailure() throws IOException {
        assertThat(verdict(1, 45, Code.UNAVAILABLE, LinkerdRun.ROUNDS))
                .contains("adaptive-%=99.800")
                .endsWith(" missed\n");
    }

    @Test
    void missesWhenARoundIsMissing() throws IOException {
        assertThat(verdict(1, 45, Code.OK, LinkerdRun.ROUNDS - 1))
                .contains("rounds=4")
                .endsWith(" missed\n");
    }

    private String verdict(int lateAdaptive, int lateRoundRobin, Code oneMore, int rounds) throws IOException {
        try (CallLog log = new CallLog(results)) {
            for (int round = 1; round <= rounds; round++) {
                for (int i = 0; i < 1_000; i++) {
                    log.add(call(round, "adaptive", i, i < lateAdaptive, i == 500 ? oneMore : Code.OK));
                    log.add(call(round, "adaptive+ejection", i, i < lateAdaptive, Code.OK));
                    log.add(call(round, "round-robin", i, i < lateRoundRobin, Code.OK));
                    log.add(call(round, "grpc-java-round_robin", i, i < lateRoundRobin, Code.OK));
                }
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LinkerdVerdict.of(results).print(new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Call call(int round, String contender, int number, boolean late, Code code) {
        return new Call(round, "linkerd", contender, number * 1_000, late ? 1_000_001 : 1_000_000, code, 3);
    }
}
