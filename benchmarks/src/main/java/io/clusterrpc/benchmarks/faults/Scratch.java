/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/** A folder that goes with its owner. Its path is short enough for Unix sockets. */
record Scratch(Path path) implements AutoCloseable {

    Scratch() throws IOException {
        this(Files.createTempDirectory("f"));
    }

    @Override
    public void close() throws IOException {
        FileSystemUtils.deleteRecursively(path);
    }
}
