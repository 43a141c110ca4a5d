/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a JVM of its own; its port is read from its log. */
public final class ServerProcess implements AutoCloseable {

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final Process process;
    private final Path log;
    private final Pattern port;

    private ServerProcess(Process process, Path log, Pattern port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /**
     * Starts the JVM.
     *
     * @param classPath class path of the JVM
     * @param log where its output goes
     * @param port what it logs when it serves, with the port as group 1
     * @param command main class and its arguments
     * @return the process
     */
    public static ServerProcess launch(String classPath, Path log, Pattern port, List<String> command) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-cp", classPath));
        line.addAll(command);
        try {
            return new ServerProcess(
                    new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log,
                    port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until the server serves.
     *
     * @return its port
     */
    public String port() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (process.isAlive() && System.nanoTime() < end) {
            try {
                Matcher matcher = port.matcher(Files.readString(log));
                if (matcher.find()) {
                    return matcher.group(1);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            LockSupport.parkNanos(50_000_000);
        }
        throw new IllegalStateException("the server does not serve: see " + log);
    }

    /** The processor time that it used so far, 0 where the system does not say. */
    long cpuNanos() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
