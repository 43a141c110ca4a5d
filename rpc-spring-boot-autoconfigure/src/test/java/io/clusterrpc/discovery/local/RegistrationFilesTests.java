/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrationFilesTests {

    private static final Instant WRITTEN = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = WRITTEN.plusMillis(5);
    private final RegistrationFiles files = new RegistrationFiles(() -> now);

    @TempDir
    private Path directory;

    /** Same size, same time, same inode, as two versions within one tick of the clock may be. */
    private void write(Path file, int weight) throws IOException {
        Path temporary = directory.resolve("x");
        RegistrationFiles.write(
                temporary,
                ServiceInstance.builder("orders", "a", "127.0.0.1", 80)
                        .weight(weight)
                        .startTime(WRITTEN)
                        .build());
        Files.write(file, Files.readAllBytes(temporary));
        Files.setLastModifiedTime(file, FileTime.from(WRITTEN));
    }

    @Test
    void youngFileIsReadAgainEvenIfItLooksTheSame() throws IOException {
        Path file = directory.resolve("1_a-1.reg");
        write(file, 10);
        assertThat(files.read(file).weight()).isEqualTo(10);
        write(file, 20);
        assertThat(files.read(file).weight()).isEqualTo(20);
    }

    @Test
    void oldFileIsReadOnce() throws IOException {
        Path file = directory.resolve("1_a-1.reg");
        write(file, 10);
        now = WRITTEN.plus(Duration.ofSeconds(1));
        ServiceInstance first = files.read(file);
        assertThat(files.read(file)).isSameAs(first);
        files.forgetAllBut(java.util.Set.of());
        assertThat(files.read(file)).isNotSameAs(first);
    }

    @Test
    void missingFileIsNothing() {
        assertThat(files.read(directory.resolve("1_a-1.reg"))).isNull();
    }
}
