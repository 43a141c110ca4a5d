/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.store.RecordFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DiskCacheTests {

    private static final Map<String, KnownList> LISTS = Map.of(
            "consul",
            new KnownList(
                    Instant.ofEpochSecond(7),
                    List.of(ServiceInstance.builder("orders", "a", "10.0.0.1", 80)
                            .build())));

    private final FakeTime time = new FakeTime();
    private Path directory;
    private DiskCache cache;

    @BeforeEach
    void create(@TempDir Path disk) {
        directory = disk.resolve("cache/app");
        cache = new DiskCache(directory, time, time);
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void writesChangesTogetherAfterASecond() throws IOException {
        cache.store("orders", () -> Map.of());
        cache.store("orders", () -> LISTS);
        assertThat(time.pending()).isEqualTo(1);
        time.advance(Duration.ofMillis(999));
        assertThat(directory).doesNotExist();
        time.advance(Duration.ofMillis(1));
        assertThat(cache.load("orders")).isEqualTo(LISTS);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }

    @Test
    void nothingStoredIsNothingKnown(CapturedOutput output) {
        assertThat(cache.load("orders")).isEmpty();
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void oddAndLongNamesGetFilesOfTheirOwn() {
        for (String service : List.of("..", "a/b", "a*b", "x".repeat(300) + "1", "x".repeat(300) + "2", "\u00e4")) {
            cache.store(service, () -> LISTS);
            cache.flush();
            assertThat(cache.load(service)).isEqualTo(LISTS);
        }
        assertThat(directory).isDirectoryContaining(file -> true);
        assertThat(directory.toFile().list()).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 60, 100})
    void halfWrittenFileIsAWarning(int percent, CapturedOutput output) throws IOException {
        cache.store("orders", () -> LISTS);
        cache.flush();
        byte[] whole = Files.readAllBytes(file());
        byte[] part = java.util.Arrays.copyOf(whole, Math.min(whole.length - 1, whole.length * percent / 100));
        Files.write(file(), part);
        assertThat(cache.load("orders")).isEmpty();
        assertThat(output)
                .contains("Ignoring the last known instances of orders")
                .contains("cut off");
    }

    @Test
    void damagedFileIsAWarning(CapturedOutput output) throws IOException {
        cache.store("orders", () -> LISTS);
        cache.flush();
        Files.writeString(file(), Files.readString(file()).replace("10.0.0.1", "10.0.0.2"));
        assertThat(cache.load("orders")).isEmpty();
        assertThat(output).contains("damaged");
    }

    @Test
    void newerSchemaIsAWarning(CapturedOutput output) throws IOException {
        cache.store("orders", () -> LISTS);
        cache.flush();
        Map<String, String> entries = new HashMap<>(RecordFile.read(file()));
        entries.put("schema", "2");
        RecordFile.write(file(), entries);
        assertThat(cache.load("orders")).isEmpty();
        assertThat(output)
                .contains("Ignoring the last known instances of orders")
                .contains("schema: '2'");
    }

    @Test
    void unknownKeysAreIgnored() throws IOException {
        cache.store("orders", () -> LISTS);
        cache.flush();
        Map<String, String> entries = new HashMap<>(RecordFile.read(file()));
        entries.put("0.shard", "3");
        entries.put("0.0.colour", "blue");
        RecordFile.write(file(), entries);
        assertThat(cache.load("orders")).isEqualTo(LISTS);
    }

    @Test
    void unwritableDirectoryIsOneWarning(CapturedOutput output) throws IOException {
        Files.createDirectories(directory.getParent());
        Files.writeString(directory, "a file");
        cache.store("orders", () -> LISTS);
        cache.flush();
        cache.store("orders", () -> LISTS);
        cache.flush();
        assertThat(output.getAll().split("not kept on disk", -1)).hasSize(2);
        assertThat(output).contains("rpc.discovery.disk-cache.path");
    }

    @Test
    void whatCouldNotBeWrittenIsTriedAgainLater() throws IOException {
        Files.createDirectories(directory.getParent());
        Files.writeString(directory, "a file");
        cache.store("orders", () -> LISTS);
        time.advance(Duration.ofSeconds(1));
        Files.delete(directory);
        assertThat(time.delays()).containsExactly(Duration.ofSeconds(30));
        time.advance(Duration.ofSeconds(30));
        assertThat(cache.load("orders")).isEqualTo(LISTS);
        assertThat(time.pending()).isZero();
    }

    @Test
    void newerListsArePreferredWhenTryingAgain() throws IOException {
        cache.store("billing", () -> LISTS);
        cache.flush();
        Path occupied = Files.createDirectories(directory.resolve("orders.instances/x"));
        cache.store("orders", () -> {
            cache.store("orders", () -> LISTS);
            return Map.of();
        });
        cache.flush();
        Files.delete(occupied);
        Files.delete(occupied.getParent());
        time.advance(Duration.ofSeconds(30));
        assertThat(cache.load("orders")).isEqualTo(LISTS);
    }

    @Test
    void oneFileThatCannotBeWrittenDoesNotKeepTheOthersFromIt(CapturedOutput output) throws IOException {
        for (String service : List.of("a", "b", "c")) {
            Path occupied = directory.resolve(service + ".instances/x");
            cache.store(service, () -> LISTS);
            cache.flush();
            Files.delete(occupied.getParent());
            Files.createDirectories(occupied);
            List.of("a", "b", "c").forEach(each -> cache.store(each, () -> LISTS));
            cache.flush();
            Stream.of("a", "b", "c")
                    .filter(each -> !each.equals(service))
                    .forEach(each -> assertThat(cache.load(each)).isEqualTo(LISTS));
            Files.delete(occupied);
            Files.delete(occupied.getParent());
            cache.flush();
            assertThat(cache.load(service)).isEqualTo(LISTS);
        }
        assertThat(output).contains("not kept on disk");
    }

    @Test
    void directoryOpenToOthersIsNotUsed(CapturedOutput output) throws IOException {
        cache.store("orders", () -> LISTS);
        cache.flush();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(cache.load("orders")).isEmpty();
        assertThat(output).contains("open to others: rwxrwx---");
    }
}
