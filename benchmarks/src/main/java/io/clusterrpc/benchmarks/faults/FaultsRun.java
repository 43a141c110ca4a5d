/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Injects faults one after the other and writes down the samples of each in a folder of its own; judges nothing. */
final class FaultsRun {

    private FaultsRun() {}

    /** Arguments: the folder for the samples, names of faults (all if there are none). */
    public static void main(String[] args) throws Exception {
        List<String> names = Arrays.asList(args).subList(1, args.length);
        for (Fault fault :
                names.isEmpty() ? Faults.ALL : names.stream().map(Faults::named).toList()) {
            Path folder = Files.createDirectories(Path.of(args[0], fault.name()));
            try (Lab lab = new Lab(folder)) {
                fault.inject(lab);
            } catch (Fault.NotHere e) {
                Files.writeString(folder.resolve("skipped.txt"), e.getMessage());
            } catch (Exception e) {
                Files.writeString(folder.resolve("failed.txt"), e.toString());
                e.printStackTrace();
            }
        }
    }
}
