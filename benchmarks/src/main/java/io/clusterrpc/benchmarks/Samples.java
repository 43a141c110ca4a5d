/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A CSV file of raw samples: a line of column names, then one line a sample, without quoting. What was added is on disk. Thread-safe. */
public final class Samples implements AutoCloseable {

    private static final Pattern SEPARATORS = Pattern.compile("[,\\s]+");

    private final BufferedWriter file;
    private final int columns;

    /**
     * Creates the file.
     *
     * @param path where, must not exist
     * @param columns names of the columns
     */
    public Samples(Path path, String... columns) {
        this.columns = columns.length;
        try {
            file = Files.newBufferedWriter(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        }
        add((Object[]) columns);
    }

    /**
     * Appends a sample.
     *
     * @param values one a column; commas and line breaks become blanks
     */
    public void add(Object... values) {
        if (values.length != columns) {
            throw new IllegalArgumentException("values: " + values.length + " (expected: " + columns + ")");
        }
        StringBuilder line = new StringBuilder();
        for (Object value : values) {
            line.append(line.isEmpty() ? "" : ",")
                    .append(SEPARATORS.matcher(String.valueOf(value)).replaceAll(" "));
        }
        synchronized (file) {
            try {
                file.append(line).append('\n');
                file.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        synchronized (file) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Reads a file back.
     *
     * @param path the file
     * @return the samples
     * @throws IOException if it cannot be read
     */
    public static List<Sample> read(Path path) throws IOException {
        List<String> lines = Files.readAllLines(path);
        String[] names = lines.get(0).split(",", -1);
        List<Sample> samples = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(",", -1);
            Map<String, String> sample = new LinkedHashMap<>();
            for (int i = 0; i < names.length; i++) {
                sample.put(names[i], values[i]);
            }
            samples.add(new Sample(sample));
        }
        return samples;
    }
}
