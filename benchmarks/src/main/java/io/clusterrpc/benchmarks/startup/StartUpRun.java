/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.startup;

import io.clusterrpc.benchmarks.Samples;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Starts two applications alternately and writes down what each start cost ({@code starts.csv}), and which jars the second
 * needs beyond the first ({@code jars.csv}).
 */
final class StartUpRun {

    private static final int PAIRS = 16;
    /** Of each application in a pair: the CPU time of one start varies by a tenth on a machine that is shared. */
    private static final int STARTS = 3;

    private final Path results;
    private final Path classes;

    private StartUpRun(Path results, Path classes) {
        this.results = results;
        this.classes = classes;
    }

    /** Arguments: the folder for the samples, the folder of our classes, a file with each class path: without, and with the starter. */
    public static void main(String[] args) throws Exception {
        StartUpRun run = new StartUpRun(Path.of(args[0]), Path.of(args[1]));
        List<Path> plain = classPath(Path.of(args[2]));
        Set<Path> starter = new LinkedHashSet<>(plain);
        starter.addAll(classPath(Path.of(args[3])));
        run.jars(plain, List.copyOf(starter));
        run.starts(plain, List.copyOf(starter));
    }

    private static List<Path> classPath(Path file) throws IOException {
        return List.of(Files.readString(file).strip().split(File.pathSeparator)).stream()
                .map(Path::of)
                .toList();
    }

    private void jars(List<Path> plain, List<Path> starter) throws IOException {
        List<String> known =
                plain.stream().map(jar -> jar.getFileName().toString()).toList();
        try (Samples samples = new Samples(results.resolve("jars.csv"), "jar", "bytes", "added")) {
            for (Path jar : starter) {
                String name = jar.getFileName().toString();
                samples.add(name, Files.size(jar), !known.contains(name));
            }
        }
    }

    private void starts(List<Path> plain, List<Path> starter) throws Exception {
        try (Samples samples =
                new Samples(results.resolve("starts.csv"), "pair", "application", "cpuMillisReady", "cpuMillis")) {
            for (int pair = 0; pair < PAIRS; pair++) {
                for (int i = 0; i < STARTS; i++) {
                    // Each goes first every other time.
                    if ((pair + i) % 2 == 0) {
                        start(samples, pair, "plain", plain);
                        start(samples, pair, "starter", starter);
                    } else {
                        start(samples, pair, "starter", starter);
                        start(samples, pair, "plain", plain);
                    }
                }
            }
        }
    }

    private void start(Samples samples, int pair, String application, List<Path> jars) throws Exception {
        String main = StartUpRun.class.getPackageName() + "." + application + "."
                + Character.toUpperCase(application.charAt(0)) + application.substring(1) + "Application";
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes
                        + File.pathSeparator
                        + jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                main,
                "--spring.application.name=start",
                "--spring.grpc.server.address=127.0.0.1",
                "--spring.grpc.server.port=0",
                // The one reads the first line, the other the second; all else is as it comes.
                "--spring.grpc.client.channel.plain.target=static://127.0.0.1:9",
                "--rpc.discovery.local.namespace=start-" + UUID.randomUUID());
        Path log = results.resolve("start-" + application + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        String[] words = Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("started,"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the application did not start: see " + log))
                .split(",");
        samples.add(pair, application, words[1], words[2]);
    }
}
