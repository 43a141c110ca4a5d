/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The file that nginx includes: whoever reads it, also after a power cut, finds the old text or the new one, whole. */
final class UpstreamFile {

    private final Path path;

    UpstreamFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** What stands in it, {@code null} if there is no such file. */
    @Nullable
    String read() throws IOException {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException ex) {
            return null;
        }
    }

    void write(String text) throws IOException {
        // A link stays a link.
        Path target = Files.exists(path) ? path.toRealPath() : path;
        // Hidden and with another ending, so that no pattern of an include takes it for a configuration.
        Path temporary = target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            writeThrough(temporary, text);
            move(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
        flushFolder(target);
    }

    private static void writeThrough(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException ex) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void flushFolder(Path file) {
        Path folder = file.getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // Not every system lets a folder be opened (Windows); the file itself is on disk.
        }
    }
}
