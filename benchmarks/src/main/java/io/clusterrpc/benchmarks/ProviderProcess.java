/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A process of the demo's provider. What it says of itself is read from its log. */
public final class ProviderProcess implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("gRPC Server started, listening on address: .*port: (\\d+)");
    private static final Pattern READY = Pattern.compile("(?m)^(\\S+) .*Started \\w+ in");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;

    private ProviderProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts the demo's provider.
     *
     * @param jar the demo's provider
     * @param log where its output goes
     * @param namespace of local discovery
     * @return the process, which is not ready yet
     * @throws IOException if it cannot be started
     */
    public static ProviderProcess launch(Path jar, Path log, String namespace) throws IOException {
        return launch(log, List.of("-jar", jar.toString(), "--rpc.discovery.local.namespace=" + namespace));
    }

    /**
     * Starts any application with a gRPC server. Its standard input stays open as long as this JVM lives.
     *
     * @param log where its output goes
     * @param arguments what follows the options of {@code java}
     * @return the process, which is not ready yet
     * @throws IOException if it cannot be started
     */
    public static ProviderProcess launch(Path log, List<String> arguments) throws IOException {
        return launch(log, arguments, Map.of());
    }

    /**
     * Starts any application with a gRPC server, or any other that says when it has started.
     *
     * @param log where its output goes
     * @param arguments what follows the options of {@code java}
     * @param environment variables that it has beside those of this process
     * @return the process, which is not ready yet
     * @throws IOException if it cannot be started
     */
    public static ProviderProcess launch(Path log, List<String> arguments, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ProviderProcess(builder.start(), log);
    }

    /**
     * Its process.
     *
     * @return the pid
     */
    public long pid() {
        return process.pid();
    }

    /**
     * The port of its gRPC server; waits until it is known.
     *
     * @return the port
     * @throws IOException if its log cannot be read
     */
    public int port() throws IOException {
        return Integer.parseInt(await(PORT).group(1));
    }

    /**
     * When it said that it was ready (it says so to the millisecond); waits until it does.
     *
     * @return microseconds since 1970
     * @throws IOException if its log cannot be read
     */
    public long readyMicros() throws IOException {
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
    public void kill() {
        process.destroyForcibly();
    }

    /**
     * Sends a signal.
     *
     * @param name without SIG, such as STOP
     * @throws IOException if there is no {@code kill}
     * @throws InterruptedException if interrupted
     */
    public void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " " + pid() + ": exit code " + code);
        }
    }

    /**
     * Writes a line to its standard input.
     *
     * @param line what it shall read
     * @throws IOException if it is gone
     */
    public void tell(String line) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    /**
     * Writes a line to its standard input and waits for the answer.
     *
     * @param line what it shall read
     * @param answer a pattern with one group that follows {@code BEHAVES } and the line in its output
     * @return the text of the group
     * @throws IOException if it is gone
     */
    public String said(String line, String answer) throws IOException {
        Pattern pattern = Pattern.compile("BEHAVES " + Pattern.quote(line) + ".*" + answer);
        long before = pattern.matcher(Files.readString(log)).results().count();
        tell(line);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            List<MatchResult> answers =
                    pattern.matcher(Files.readString(log)).results().toList();
            if (answers.size() > before) {
                return answers.get(answers.size() - 1).group(1);
            }
            LockSupport.parkNanos(5_000_000);
        }
        throw new IOException("pid " + pid() + " did not answer '" + line + "' within " + PATIENCE + ": see " + log);
    }

    /** SIGTERM. */
    public void terminate() {
        process.toHandle().destroy(); // which leaves its standard input open
    }

    /**
     * Waits until the process is gone.
     *
     * @throws InterruptedException if interrupted
     */
    public void awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("pid " + pid() + " did not end within " + PATIENCE + ": see " + log);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
