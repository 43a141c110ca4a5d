/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Backends in a process of their own, on this JVM's class path. Closing ends the process. Not thread-safe. */
public final class Backends implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final List<Integer> ports;

    /**
     * Starts the process; all backends answer at once.
     *
     * @param count how many
     * @param log where what it complains of goes
     * @throws IOException if it cannot be started
     */
    public Backends(int count, Path log) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BackendsServer.class.getName(),
                        String.valueOf(count))
                .redirectError(log.toFile())
                .start();
        output = process.inputReader();
        input = process.outputWriter();
        ports = Arrays.stream(line().split(",")).map(Integer::valueOf).toList();
    }

    /**
     * The ports on the loopback address.
     *
     * @return one for each backend
     */
    public List<Integer> ports() {
        return ports;
    }

    /**
     * From now on a backend takes a normally distributed time for a call.
     *
     * @param backend its number
     * @param meanMillis the mean
     * @param deviationMillis the standard deviation, 0 for always the same
     */
    public void take(int backend, int meanMillis, int deviationMillis) {
        tell(String.format(Locale.ROOT, "%d %d %d", backend, meanMillis * 1_000, deviationMillis * 1_000));
    }

    /**
     * From now on a backend fails every call at once with UNAVAILABLE.
     *
     * @param backend its number
     */
    public void fail(int backend) {
        tell(backend + " fail");
    }

    private void tell(String order) {
        try {
            input.write(order + "\n");
            input.flush();
            String answer = line();
            if (!answer.equals(order)) {
                throw new IllegalStateException("the backends said '" + answer + "' (expected: '" + order + "')");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the backends ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
