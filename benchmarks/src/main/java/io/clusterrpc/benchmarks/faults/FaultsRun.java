/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Injects faults, most of them one after the other, and writes down the samples of each in a folder of its own; judges nothing. */
final class FaultsRun {

    private FaultsRun() {}

    /** Arguments: the folder for the samples, names of faults (all if there are none). */
    public static void main(String[] args) throws Exception {
        Path results = Path.of(args[0]);
        List<String> names = Arrays.asList(args).subList(1, args.length);
        List<Fault> chosen =
                names.isEmpty() ? Faults.ALL : names.stream().map(Faults::named).toList();
        for (Fault fault : chosen) {
            if (!Faults.TOGETHER.contains(fault.name())) {
                inject(fault, results);
            }
        }
        List<Thread> together = new ArrayList<>();
        for (Fault fault : chosen) {
            if (Faults.TOGETHER.contains(fault.name())) {
                Thread thread = new Thread(() -> inject(fault, results), fault.name());
                thread.start();
                together.add(thread);
            }
        }
        for (Thread thread : together) {
            thread.join();
        }
    }

    private static void inject(Fault fault, Path results) {
        long began = System.nanoTime();
        try {
            Path folder = Files.createDirectories(results.resolve(fault.name()));
            try (Lab lab = new Lab(folder)) {
                fault.inject(lab);
            } catch (Fault.NotHere e) {
                Files.writeString(folder.resolve("skipped.txt"), e.getMessage());
            } catch (Exception | OutOfMemoryError e) {
                Files.writeString(folder.resolve("failed.txt"), e.toString());
                e.printStackTrace();
            }
            Files.writeString(folder.resolve("seconds.txt"), (System.nanoTime() - began) / 1_000_000_000 + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
