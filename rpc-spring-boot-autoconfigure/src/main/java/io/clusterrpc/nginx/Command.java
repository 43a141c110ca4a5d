/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program of the operating system with its arguments, run without a shell. {@link #kill()} may be called by any thread. */
final class Command {

    private static final int LONGEST_WORDS = 2000;

    private final List<String> arguments;
    private final Duration timeout;
    private volatile @Nullable Process running;
    private volatile boolean killed;

    Command(List<String> arguments, Duration timeout) {
        this.arguments = List.copyOf(arguments);
        this.timeout = timeout;
    }

    /**
     * Runs it and waits for its end.
     *
     * @return what went wrong, in one sentence with the program's own words; {@code null} if nothing did
     */
    @Nullable
    String run() {
        Path output = null;
        try {
            // A file, because a pipe may be held open by children that outlive the program.
            output = Files.createTempFile("rpc-nginx-", ".out");
            return run(output);
        } catch (IOException ex) {
            return "'" + this + "' could not be run: " + ex.getMessage();
        } finally {
            delete(output);
        }
    }

    private @Nullable String run(Path output) throws IOException {
        Process process = new ProcessBuilder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        running = process;
        if (killed) {
            kill(process);
        }
        try {
            process.getOutputStream().close();
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return "'" + this + "' did not end within " + timeout.toMillis() + " ms and was killed" + words(output);
            }
            int status = process.exitValue();
            return status == 0 ? null : "'" + this + "' ended with " + status + words(output);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return "'" + this + "' was interrupted";
        } finally {
            running = null;
            kill(process);
        }
    }

    /** Ends the program if it runs, and whenever it is to run; {@link #run} returns then. */
    void kill() {
        killed = true;
        Process process = running;
        if (process != null) {
            kill(process);
        }
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String words(Path output) throws IOException {
        String words;
        try (var in = Files.newInputStream(output)) {
            words = new String(in.readNBytes(LONGEST_WORDS), StandardCharsets.UTF_8).strip();
        }
        return words.isEmpty()
                ? ""
                : ": " + words.replaceAll("\\s*\\R\\s*", " | ").replaceAll("\\p{Cntrl}", "?");
    }

    private static void delete(@Nullable Path output) {
        if (output != null) {
            try {
                Files.deleteIfExists(output);
            } catch (IOException ignored) {
                // It is in the temporary directory.
            }
        }
    }

    @Override
    public String toString() {
        return String.join(" ", arguments);
    }
}
