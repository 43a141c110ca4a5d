/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.store;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/**
 * A small file of text properties that is either whole or recognisably not: it appears under its name in one step, and its last
 * line is a checksum of all others. Stateless and thread-safe; several processes may write the same file, the last one wins.
 */
public final class RecordFile {

    private static final String CHECKSUM = "crc32=";
    private static final String TEMPORARY = ".tmp";
    private static final long MAX_BYTES = 16 << 20;
    private static final AtomicLong COUNTER = new AtomicLong();

    private RecordFile() {}

    /**
     * Writes the entries, replacing the file.
     *
     * @param file where to; its directory exists
     * @param entries keys and values, any text
     * @throws IOException if the disk is full or the directory gone; the old file then is as it was
     */
    public static void write(Path file, Map<String, String> entries) throws IOException {
        byte[] body = format(entries).getBytes(StandardCharsets.UTF_8);
        byte[] trailer = (CHECKSUM + checksum(body) + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[body.length + trailer.length];
        System.arraycopy(body, 0, all, 0, body.length);
        System.arraycopy(trailer, 0, all, body.length, trailer.length);
        Path temporary = file.resolveSibling("." + file.getFileName() + "."
                + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet() + TEMPORARY);
        try {
            Files.write(temporary, all);
            move(temporary, file);
        } catch (IOException ex) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException ignored) {
                // What matters is why the file could not be written; leftovers are swept later.
            }
            throw ex;
        }
    }

    /**
     * Reads the entries.
     *
     * @param file which
     * @return keys and values
     * @throws MalformedRecordException if the file is cut off, damaged, or was not written by {@link #write}
     * @throws IOException if it cannot be read
     */
    public static Map<String, String> read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new MalformedRecordException("larger than " + MAX_BYTES + " bytes");
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int trailer = text.lastIndexOf(CHECKSUM);
        if (trailer < 0 || !text.endsWith("\n") || (trailer > 0 && text.charAt(trailer - 1) != '\n')) {
            throw new MalformedRecordException("cut off (expected: a last line " + CHECKSUM + "...)");
        }
        String body = text.substring(0, trailer);
        String expected = text.substring(trailer + CHECKSUM.length(), text.length() - 1);
        if (!checksum(body.getBytes(StandardCharsets.UTF_8)).equals(expected)) {
            throw new MalformedRecordException("damaged (its checksum is not " + expected + ")");
        }
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(body));
        } catch (IllegalArgumentException ex) {
            throw new MalformedRecordException("no properties: " + ex.getMessage());
        }
        Map<String, String> entries = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> entries.put(key, properties.getProperty(key)));
        return entries;
    }

    /**
     * Deletes what writers that died half-way left in a directory.
     *
     * @param directory where
     * @param before only what is older than this
     * @throws IOException if the directory cannot be read
     */
    public static void sweep(Path directory, Instant before) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path leftover : files) {
                String name = leftover.getFileName().toString();
                if (name.startsWith(".")
                        && name.endsWith(TEMPORARY)
                        && Files.exists(leftover)
                        && Files.getLastModifiedTime(leftover).toInstant().isBefore(before)) {
                    Files.deleteIfExists(leftover);
                }
            }
        } catch (DirectoryIteratorException ex) {
            throw ex.getCause();
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException ex) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String format(Map<String, String> entries) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
            escape(entry.getKey(), true, text);
            text.append('=');
            escape(entry.getValue(), false, text);
            text.append('\n');
        }
        return text.toString();
    }

    /** As {@link Properties} reads it; its own way of writing puts the date on top, which costs more than all the rest. */
    private static void escape(String part, boolean key, StringBuilder text) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\f' -> text.append("\\f");
                case '\\', '=', ':', '#', '!' -> text.append('\\').append(c);
                case ' ' -> text.append(key || i == 0 ? "\\ " : " ");
                default -> text.append(c);
            }
        }
    }

    private static String checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return Long.toHexString(crc.getValue());
    }
}
