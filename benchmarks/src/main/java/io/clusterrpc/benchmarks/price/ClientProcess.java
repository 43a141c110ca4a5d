/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client in a JVM of its own that waits for rounds to run. Not thread-safe. */
public final class ClientProcess implements AutoCloseable {

    private final String name;
    private final Path log;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter orders;

    private ClientProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts the JVM and waits until the client has made its first call.
     *
     * @param name how the client is called in the samples
     * @param classPath class path of the JVM
     * @param log where its error output goes
     * @param command main class and its arguments
     * @return the process
     */
    public static ClientProcess launch(String name, String classPath, Path log, List<String> command) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp", classPath));
        line.addAll(command);
        try {
            ClientProcess client = new ClientProcess(
                    name,
                    log,
                    new ProcessBuilder(line).redirectError(log.toFile()).start());
            client.answer("ready");
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How the client is called in the samples. */
    public String name() {
        return name;
    }

    /**
     * Runs a round and waits for its end.
     *
     * @param kind what to do, see {@link Rounds}
     * @param arguments numbers that it needs
     * @return what was counted, as columns of a sample
     */
    public String[] round(String kind, Object... arguments) {
        try {
            StringBuilder order = new StringBuilder(kind);
            for (Object argument : arguments) {
                order.append(' ').append(argument);
            }
            orders.append(order).append('\n').flush();
            return answer("round").split(" ");
        } catch (IOException e) {
            throw new UncheckedIOException("client " + name + ": see " + log, e);
        }
    }

    /** Libraries may print as well, so a line that is an answer says so. */
    private String answer(String kind) throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith("@" + kind)) {
                return line.substring(kind.length() + 1).strip();
            }
        }
        throw new IllegalStateException("client " + name + " ended: see " + log);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
