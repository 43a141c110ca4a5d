/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A {@link ScaleServer} in a process of its own, on this JVM's class path. */
public final class ScaleServerProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final List<Integer> ports;

    /**
     * Starts it and waits for its ports.
     *
     * @param ports how many
     * @param log where what it has to complain of goes
     * @throws IOException if it cannot be started
     */
    public ScaleServerProcess(int ports, Path log) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ScaleServer.class.getName(),
                        String.valueOf(ports))
                .redirectError(log.toFile())
                .start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        input = process.outputWriter();
        this.ports = Arrays.stream(line().split(",")).map(Integer::valueOf).toList();
    }

    /**
     * Where it listens.
     *
     * @return its ports
     */
    public List<Integer> ports() {
        return ports;
    }

    /**
     * How many connections were ever made to it.
     *
     * @return a count
     * @throws IOException if it ended
     */
    public long connections() throws IOException {
        input.write('\n');
        input.flush();
        return Long.parseLong(line());
    }

    private String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the server ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
