/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.spine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A process of the demo's provider. What it says of itself is read from its log. */
final class ProviderProcess implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("gRPC Server started, listening on address: .*port: (\\d+)");
    private static final Pattern READY = Pattern.compile("(?m)^(\\S+) .*Started ProviderApplication in");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;

    private ProviderProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static ProviderProcess launch(Path jar, Path log, String namespace) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--rpc.discovery.local.namespace=" + namespace);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ProviderProcess(process, log);
    }

    long pid() {
        return process.pid();
    }

    /** The port of its gRPC server; waits until it is known. */
    int port() throws IOException {
        return Integer.parseInt(await(PORT).group(1));
    }

    /** When it said that it was ready, in microseconds since 1970 (it says so to the millisecond); waits until it does. */
    long readyMicros() throws IOException {
        Instant ready = OffsetDateTime.parse(await(READY).group(1)).toInstant();
        return ChronoUnit.MICROS.between(Instant.EPOCH, ready);
    }

    private MatchResult await(Pattern pattern) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var matcher = pattern.matcher(Files.readString(log));
            if (matcher.find()) {
                return matcher.toMatchResult();
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the provider did not say '" + pattern + "' within " + PATIENCE
                        + (process.isAlive() ? "" : ", it ended") + ": see " + log);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits until the process is gone. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("pid " + pid() + " did not end within " + PATIENCE + ": see " + log);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
