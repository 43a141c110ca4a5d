/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.store.InstanceRecord;
import io.clusterrpc.discovery.store.MalformedRecordException;
import io.clusterrpc.discovery.store.PrivateDirectory;
import io.clusterrpc.discovery.store.RecordFile;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last known lists on disk, one file a service, so that an application can start while the registry is down. Nothing
 * that happens to the files is ever a failure: a file that cannot be read or written is a warning in the log.
 *
 * <p>Thread-safe. Changes are written together, at most once a second, on the scheduler. What could not be written is tried again
 * every 30 s.
 */
final class DiskCache {

    private static final Logger logger = LoggerFactory.getLogger(DiskCache.class);
    private static final int SCHEMA = 1;
    private static final int LONGEST_NAME = 180;
    private static final Duration DEBOUNCE = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final Duration LEFTOVER_AGE = Duration.ofMinutes(1);

    private final Path directory;
    private final ScheduledExecutorService scheduler;
    private final InstantSource clock;
    private final Object writing = new Object();
    private final Map<String, Supplier<Map<String, KnownList>>> owed = new HashMap<>();
    private boolean scheduled;
    private boolean failing;

    DiskCache(Path directory, ScheduledExecutorService scheduler, InstantSource clock) {
        this.directory = directory;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** What an earlier run left about a service, by backend; empty if nothing or nothing usable. */
    Map<String, KnownList> load(String service) {
        Path file = file(service);
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            PrivateDirectory.prepare(directory);
            return read(service, RecordFile.read(file));
        } catch (IOException | RuntimeException ex) {
            logger.warn("Ignoring the last known instances of {} in {}: {}", service, file, ex.getMessage());
            return Map.of();
        }
    }

    /** Writes the lists soon; they are asked for when it happens. */
    void store(String service, Supplier<Map<String, KnownList>> lists) {
        synchronized (owed) {
            owed.put(service, lists);
        }
        flushIn(DEBOUNCE);
    }

    private void flushIn(Duration delay) {
        synchronized (owed) {
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        try {
            scheduler.schedule(this::flush, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ignored) {
            // Closing: the last flush writes it.
        }
    }

    /** Writes everything that is owed, now. */
    void flush() {
        Map<String, Supplier<Map<String, KnownList>>> due;
        synchronized (writing) {
            synchronized (owed) {
                due = Map.copyOf(owed);
                owed.clear();
                scheduled = false;
            }
            if (due.isEmpty()) {
                return;
            }
            Map<String, Supplier<Map<String, KnownList>>> failed = write(due);
            if (!failed.isEmpty()) {
                synchronized (owed) {
                    failed.forEach(owed::putIfAbsent);
                }
                flushIn(RETRY);
            }
        }
    }

    /** Writes what can be written, and returns the rest. */
    private Map<String, Supplier<Map<String, KnownList>>> write(Map<String, Supplier<Map<String, KnownList>>> due) {
        Map<String, Supplier<Map<String, KnownList>>> failed = new HashMap<>(due);
        Exception problem = null;
        try {
            PrivateDirectory.prepare(directory);
            RecordFile.sweep(directory, clock.instant().minus(LEFTOVER_AGE));
        } catch (IOException | RuntimeException ex) {
            noteFailure(ex);
            return failed;
        }
        for (Map.Entry<String, Supplier<Map<String, KnownList>>> entry : due.entrySet()) {
            String service = entry.getKey();
            try {
                RecordFile.write(file(service), format(service, entry.getValue().get()));
                failed.remove(service);
            } catch (IOException | RuntimeException ex) {
                problem = ex;
            }
        }
        noteFailure(problem);
        return failed;
    }

    private void noteFailure(@Nullable Exception problem) {
        if (problem != null && !failing) {
            logger.warn(
                    "The last known instances are not kept on disk: {}. Point rpc.discovery.disk-cache.path to a"
                            + " directory of your own, or set rpc.discovery.disk-cache.enabled to false",
                    problem.toString());
        }
        failing = problem != null;
    }

    private Path file(String service) {
        String name = URLEncoder.encode(service, StandardCharsets.UTF_8).replace("*", "%2A");
        if (name.length() > LONGEST_NAME) {
            name = name.substring(0, LONGEST_NAME) + "-" + Integer.toHexString(service.hashCode());
        }
        return directory.resolve(name + ".instances");
    }

    private static Map<String, String> format(String service, Map<String, KnownList> lists) {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("schema", String.valueOf(SCHEMA));
        entries.put("service", service);
        int backend = 0;
        for (Map.Entry<String, KnownList> list : lists.entrySet()) {
            String prefix = backend++ + ".";
            entries.put(prefix + "backend", list.getKey());
            entries.put(prefix + "as-of", list.getValue().asOf().toString());
            int number = 0;
            for (ServiceInstance instance : list.getValue().instances()) {
                InstanceRecord.write(instance, prefix + number++ + ".", entries);
            }
        }
        return entries;
    }

    private static Map<String, KnownList> read(String service, Map<String, String> entries)
            throws MalformedRecordException {
        if (!service.equals(entries.get("service"))) {
            throw new MalformedRecordException("it is about " + entries.get("service"));
        }
        String schema = entries.getOrDefault("schema", "");
        if (!schema.equals(String.valueOf(SCHEMA))) {
            throw new MalformedRecordException(
                    "schema: '" + schema + "' (expected: " + SCHEMA + "); another version of this library wrote it");
        }
        Map<String, KnownList> lists = new LinkedHashMap<>();
        for (int backend = 0; entries.containsKey(backend + ".backend"); backend++) {
            String prefix = backend + ".";
            List<ServiceInstance> instances = new ArrayList<>();
            Map<String, Map<String, String>> records = records(entries, prefix);
            for (int number = 0; records.containsKey(String.valueOf(number)); number++) {
                instances.add(InstanceRecord.read(records.getOrDefault(String.valueOf(number), Map.of()), ""));
            }
            lists.put(entries.getOrDefault(prefix + "backend", ""), new KnownList(time(entries, prefix), instances));
        }
        return lists;
    }

    /** The entries of each instance, found in one pass. */
    private static Map<String, Map<String, String>> records(Map<String, String> entries, String prefix) {
        Map<String, Map<String, String>> records = new HashMap<>();
        entries.forEach((key, value) -> {
            int dot = key.indexOf('.', prefix.length());
            if (key.startsWith(prefix) && dot > 0) {
                records.computeIfAbsent(key.substring(prefix.length(), dot), unused -> new HashMap<>())
                        .put(key.substring(dot + 1), value);
            }
        });
        return records;
    }

    private static Instant time(Map<String, String> entries, String prefix) throws MalformedRecordException {
        try {
            return Instant.parse(entries.getOrDefault(prefix + "as-of", ""));
        } catch (DateTimeException ex) {
            throw new MalformedRecordException(prefix + "as-of: " + ex.getMessage());
        }
    }
}
