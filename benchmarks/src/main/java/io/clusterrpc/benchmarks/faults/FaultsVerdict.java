/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Judges each fault by its samples. */
final class FaultsVerdict {

    private int held;
    private int missed;
    private int skipped;

    private FaultsVerdict() {}

    /** Argument: the folder with the samples. Exit code 0 only if none missed. */
    public static void main(String[] args) throws IOException {
        System.exit(print(Path.of(args[0]), System.out) ? 0 : 1);
    }

    static boolean print(Path results, PrintStream out) throws IOException {
        FaultsVerdict verdict = new FaultsVerdict();
        for (Fault fault : Faults.ALL) {
            Path folder = results.resolve(fault.name());
            if (Files.isDirectory(folder)) {
                out.printf("%s%n  expected: %s%n  %s%n", fault.name(), fault.expected(), verdict.judge(fault, folder));
            }
        }
        out.printf("%d held, %d missed, %d skipped%n", verdict.held, verdict.missed, verdict.skipped);
        return verdict.missed == 0 && verdict.held > 0;
    }

    private String judge(Fault fault, Path folder) throws IOException {
        Path reason = folder.resolve("skipped.txt");
        if (Files.exists(reason)) {
            skipped++;
            return "skipped:  " + Files.readString(reason);
        }
        Path failure = folder.resolve("failed.txt");
        if (Files.exists(failure)) {
            missed++;
            return "missed:   it could not be measured: " + Files.readString(failure);
        }
        Finding finding = fault.judge(Recording.of(folder));
        if (finding.held()) {
            held++;
            return "held:     " + finding.measured();
        }
        missed++;
        return "missed:   " + finding.measured();
    }
}
