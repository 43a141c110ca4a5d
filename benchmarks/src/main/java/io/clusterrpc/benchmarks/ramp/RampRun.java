/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.clusterrpc.benchmarks.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Runs every column with every policy and every seed, as many at a time as there are cores, and writes the samples. */
final class RampRun {

    static final int SEEDS = 11;

    private final Samples runs;
    private final Samples shares;

    private RampRun(Samples runs, Samples shares) {
        this.runs = runs;
        this.shares = shares;
    }

    /** Argument: the folder for the samples. */
    public static void main(String[] args) throws Exception {
        Path results = Path.of(args[0]);
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors()));
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
            RampRun run = new RampRun(runs, shares);
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int seed = 1; seed <= SEEDS; seed++) {
                run.addTasks(tasks, seed);
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void addTasks(List<Callable<Void>> tasks, int seed) {
        Stream.of(Column.TABLE, Column.EQUAL, Column.SPECIAL)
                .flatMap(List::stream)
                .forEach(column -> {
                    for (Policy policy : column.policies()) {
                        tasks.add(() -> {
                            write(column, policy, seed, new Simulation(column, policy, seed).run());
                            return null;
                        });
                    }
                });
    }

    private void write(Column column, Policy policy, int seed, Measured measured) {
        runs.add(
                column.name(),
                policy.label,
                seed,
                measured.calls(),
                micros(measured, 0.5),
                micros(measured, 0.99),
                micros(measured, 0.999),
                measured.failed(),
                measured.late(),
                String.format(Locale.ROOT, "%.0f", 1_000 * measured.spread()));
        if (column.special() != Column.Special.NONE) {
            for (int i = 0; i < measured.seconds(); i++) {
                shares.add(
                        column.name(),
                        policy.label,
                        seed,
                        i,
                        measured.picksOfSpecial(i),
                        measured.picks(i),
                        measured.mostInFlightAtSpecial(i));
            }
        }
    }

    private static long micros(Measured measured, double quantile) {
        return Math.round(1_000 * measured.millis(quantile));
    }
}
