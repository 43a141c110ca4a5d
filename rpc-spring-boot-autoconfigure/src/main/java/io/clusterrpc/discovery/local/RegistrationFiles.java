/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.store.InstanceRecord;
import io.clusterrpc.discovery.store.MalformedRecordException;
import io.clusterrpc.discovery.store.RecordFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads registrations, each file again only when it changed. A file that is no registration is skipped with one warning until it
 * changes. Owned by the hub's thread.
 */
final class RegistrationFiles {

    private record Stamp(@Nullable Object key, long modifiedMillis, long size) {}

    private record Parsed(
            Stamp stamp, boolean certain, @Nullable ServiceInstance instance) {}

    private static final Logger logger = LoggerFactory.getLogger(RegistrationFiles.class);

    /** Two versions of a file written within a tick of the file system's clock may bear the same stamp. */
    private static final Duration TICK = Duration.ofMillis(100);

    private final InstantSource clock;
    private final Map<Path, Parsed> parsed = new HashMap<>();

    RegistrationFiles(InstantSource clock) {
        this.clock = clock;
    }

    static void write(Path file, ServiceInstance instance) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        InstanceRecord.write(instance, "", entries);
        RecordFile.write(file, entries);
    }

    /** The instance, or {@code null} if the file is gone or no registration. */
    @Nullable
    ServiceInstance read(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Stamp stamp = new Stamp(
                    attributes.fileKey(), attributes.lastModifiedTime().toMillis(), attributes.size());
            Parsed before = parsed.get(file);
            if (before != null && before.certain() && before.stamp().equals(stamp)) {
                return before.instance();
            }
            boolean certain = Math.abs(clock.millis() - stamp.modifiedMillis()) > TICK.toMillis();
            ServiceInstance instance =
                    parse(file, before == null || !before.stamp().equals(stamp));
            parsed.put(file, new Parsed(stamp, certain, instance));
            return instance;
        } catch (NoSuchFileException ex) {
            return null;
        } catch (IOException ex) {
            logger.debug("{} cannot be read now", file, ex);
            return null;
        }
    }

    private static @Nullable ServiceInstance parse(Path file, boolean isNew) throws IOException {
        try {
            return InstanceRecord.read(RecordFile.read(file), "");
        } catch (MalformedRecordException ex) {
            if (isNew) {
                logger.warn("Ignoring the registration {} until it changes: {}", file, ex.getMessage());
            }
            return null;
        }
    }

    void forgetAllBut(Set<Path> files) {
        parsed.keySet().retainAll(files);
    }
}
