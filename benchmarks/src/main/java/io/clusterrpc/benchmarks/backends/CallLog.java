/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A file of millions of calls: compressed CSV, a line of column names, then one line a call. Not thread-safe. */
public final class CallLog implements AutoCloseable {

    private static final String COLUMNS = "round,scenario,contender,scheduledMicros,micros,code,backend";
    private static final String FILE = "calls.csv.gz";

    private final BufferedWriter file;

    /**
     * Creates the file.
     *
     * @param results the folder of the samples
     * @throws IOException if it cannot be written
     */
    public CallLog(Path results) throws IOException {
        file = new BufferedWriter(new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(results.resolve(FILE))), StandardCharsets.UTF_8));
        file.write(COLUMNS + "\n");
    }

    /**
     * Appends a call.
     *
     * @param call which
     * @throws IOException if it cannot be written
     */
    public void add(Call call) throws IOException {
        file.write(call.line());
        file.write('\n');
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /**
     * Reads a file back, without keeping it in memory.
     *
     * @param results the folder of the samples
     * @param reader is told each call
     * @throws IOException if it cannot be read
     */
    public static void read(Path results, Consumer<Call> reader) throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(results.resolve(FILE))), StandardCharsets.UTF_8))) {
            in.readLine();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                reader.accept(Call.parse(line));
            }
        }
    }
}
