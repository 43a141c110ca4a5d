/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.benchmarks.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashVerdictTests {

    @TempDir
    private Path results;

    @Test
    void holdsWhenAllBarsHold() throws IOException {
        write(0, 1_250, 0, 0);
        assertThat(verdict())
                .contains("peak-%-of-average=125 (bar <= 125)", "cases=20 (bar 20)")
                .endsWith(" held\n");
    }

    @Test
    void missesWhenOneKeyMovesTooMany() throws IOException {
        write(1, 1_250, 0, 0);
        assertThat(verdict())
                .contains("keys-moved-beyond-minimum-leave=0", "keys-moved-beyond-minimum-join=1 (bar 0)")
                .endsWith(" missed\n");
    }

    @Test
    void missesWhenTheBusiestHasTooManyCalls() throws IOException {
        write(0, 1_251, 0, 0);
        assertThat(verdict()).contains("peak-%-of-average=125.1").endsWith(" missed\n");
    }

    @Test
    void missesWhenACallIsBeyondTheBound() throws IOException {
        write(0, 1_250, 1, 0);
        assertThat(verdict()).contains("calls-beyond-bound=1 (bar 0)").endsWith(" missed\n");
    }

    @Test
    void missesWhenClientsDisagree() throws IOException {
        write(0, 1_250, 0, 1);
        assertThat(verdict()).contains("keys-clients-disagree-on=1 (bar 0)").endsWith(" missed\n");
    }

    /** All figures equal the bars, but for those given, which stand in the last case. */
    private void write(int beyondMinimum, int peak, int beyondBound, int different) throws IOException {
        try (Samples moves = samples(
                        "moves.csv", "scheme", "instances", "weights", "round", "change", "keys", "moved", "beyond");
                Samples updates = samples("updates.csv", "scheme", "instances", "weights", "round", "change", "nanos");
                Samples clients = samples("clients.csv", "scheme", "instances", "weights", "keys", "different");
                Samples shares =
                        samples("shares.csv", "scheme", "instances", "weights", "keys", "busiestPermilleOfShare");
                Samples costs = samples(
                        "costs.csv",
                        "scheme",
                        "instances",
                        "weights",
                        "round",
                        "buildNanos",
                        "lookupPicos",
                        "tableBytes");
                Samples loads = samples(
                        "loads.csv",
                        "scheme",
                        "instances",
                        "weights",
                        "bounded",
                        "average",
                        "calls",
                        "peakPermilleOfShare",
                        "beyondBound",
                        "away")) {
            for (Cluster it : Cluster.all()) {
                boolean last = it.equals(Cluster.all().get(Cluster.all().size() - 1));
                for (int i = 0; i < HashRun.CHANGES; i++) {
                    moves.add(it.schemeName(), it.instances(), it.weights(), i, "leave", 1_000, 10, 0);
                    moves.add(
                            it.schemeName(),
                            it.instances(),
                            it.weights(),
                            i,
                            "join",
                            1_000,
                            10,
                            last && i == 0 ? beyondMinimum : 0);
                }
                updates.add(it.schemeName(), it.instances(), it.weights(), 0, "leave", 1);
                clients.add(it.schemeName(), it.instances(), it.weights(), 1_000, last ? different : 0);
                shares.add(it.schemeName(), it.instances(), it.weights(), 1_000, 1_100);
                costs.add(it.schemeName(), it.instances(), it.weights(), 0, 1, 1, 1);
                for (int average : BoundedLoad.AVERAGES) {
                    boolean odd = average == 10 || !it.equal();
                    loads.add(
                            it.schemeName(),
                            it.instances(),
                            it.weights(),
                            true,
                            average,
                            1_000,
                            odd ? 1_300 : peak,
                            last && average == 10 ? beyondBound : 0,
                            10);
                    loads.add(it.schemeName(), it.instances(), it.weights(), false, average, 1_000, 9_000, 900, 0);
                }
            }
        }
    }

    private Samples samples(String name, String... columns) {
        return new Samples(results.resolve(name), columns);
    }

    private String verdict() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HashVerdict.of(results).print(new PrintStream(out, true));
        return out.toString();
    }
}
