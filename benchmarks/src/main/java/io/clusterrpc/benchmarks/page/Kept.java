/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Keeps the samples of a run under version control: a zip, the same for the same samples, without logs and what is too large. */
final class Kept {

    static final int LARGEST_FILE = 100_000;
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Kept() {}

    /**
     * Writes the zip.
     *
     * @return the files that were left out because they are too large
     */
    static List<String> keep(Path results, Path zip) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(results)) {
            files = walk.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(csv|txt|json|gz)"))
                    .sorted()
                    .toList();
        }
        List<String> leftOut = new ArrayList<>();
        Files.createDirectories(zip.toAbsolutePath().getParent());
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Path file : files) {
                String name = results.relativize(file).toString().replace('\\', '/');
                if (name.endsWith(".txt") || compressed(file) <= LARGEST_FILE) {
                    write(out, name, file);
                } else {
                    leftOut.add(name);
                }
            }
            write(out, "left-out", String.join("\n", leftOut).getBytes(StandardCharsets.UTF_8));
        }
        return leftOut;
    }

    private static long compressed(Path file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            write(out, "file", file);
        }
        return bytes.size();
    }

    private static void write(ZipOutputStream out, String name, Path file) throws IOException {
        write(out, name, Files.readAllBytes(file));
    }

    private static void write(ZipOutputStream out, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
