/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.clusterrpc.ServiceInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordFileTests {

    private static final Map<String, String> ENTRIES =
            Map.of("a", "1", "b c", " x=\ny ", "#d", "\u00e4\u20ac", "e.f", "", "crc32", "no");

    @TempDir
    private Path directory;

    @Test
    void readsWhatItWrote() throws IOException {
        Path file = directory.resolve("x");
        RecordFile.write(file, ENTRIES);
        assertThat(RecordFile.read(file)).isEqualTo(ENTRIES);
        byte[] first = Files.readAllBytes(file);
        RecordFile.write(file, ENTRIES);
        assertThat(file).hasBinaryContent(first);
        assertThat(directory.toFile().list()).containsExactly("x");
    }

    @Test
    void readsBackEveryCharacterInKeysAndValues() throws IOException {
        Map<String, String> entries = new TreeMap<>();
        for (char c = 0; c < 0x250; c++) {
            entries.put(c + "key" + c + "s" + c, c + "value " + c + c + " of" + c);
        }
        Path file = directory.resolve("record");

        RecordFile.write(file, entries);

        assertThat(RecordFile.read(file)).isEqualTo(entries);
    }

    @Test
    void everyPrefixIsRecognisedAsSuch() throws IOException {
        Path file = directory.resolve("x");
        RecordFile.write(file, ENTRIES);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> RecordFile.read(file));
        }
    }

    @Test
    void everyChangedByteIsRecognised() throws IOException {
        Path file = directory.resolve("x");
        RecordFile.write(file, ENTRIES);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> RecordFile.read(file));
        }
    }

    @Test
    void failedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        Path blocked = Files.createDirectories(directory.resolve("x/y")).getParent();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> RecordFile.write(blocked, ENTRIES));
        assertThat(directory.toFile().list()).containsExactly("x");
    }

    @Test
    void sweepsOnlyOldLeftovers() throws IOException {
        Path old = Files.createFile(directory.resolve(".x.1-1.tmp"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.ofEpochSecond(1)));
        Path young = Files.createFile(directory.resolve(".x.1-2.tmp"));
        RecordFile.sweep(directory, Instant.now().minusSeconds(60));
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "port, abc, port: 'abc' (expected: a number)",
        "port, 0, port: 0 (expected: 1..65535)",
        "weight, -1, weight: -1 (expected: 0..1000)",
        "weight, 4294967396, weight: '4294967396' (expected: a number)",
        "start, yesterday, Text 'yesterday' could not be parsed at index 0",
        "schema, 0, schema: 0 (expected: >= 1)",
        "id, '', id: '' (expected: not blank)",
        "host,, host: missing"
    })
    void malformedInstanceNamesTheKey(String key, String value, String message) {
        Map<String, String> entries = new HashMap<>();
        InstanceRecord.write(
                ServiceInstance.builder("orders", "a", "10.0.0.1", 80).build(), "", entries);
        if (value == null) {
            entries.remove(key);
        } else {
            entries.put(key, value);
        }
        assertThatExceptionOfType(MalformedRecordException.class)
                .isThrownBy(() -> InstanceRecord.read(entries, ""))
                .withMessage(message);
    }

    @Test
    void instanceOfALaterSchemaIsReadAndUnknownKeysIgnored() throws IOException {
        ServiceInstance instance = ServiceInstance.builder("orders", "a", "10.0.0.1", 80)
                .grpcServices(Set.of("b.B", "a.A"))
                .tags(Map.of("x.y", "z"))
                .schema(9)
                .build();
        Map<String, String> entries = new HashMap<>();
        InstanceRecord.write(instance, "p.", entries);
        entries.put("p.colour", "blue");
        assertThat(InstanceRecord.read(entries, "p.")).isEqualTo(instance);
    }
}
