/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.store;

import io.clusterrpc.ServiceInstance;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ServiceInstance} as keys and values. Readers ignore keys that they do not know and accept any later schema, so old and
 * new versions of this library see each other.
 */
public final class InstanceRecord {

    private static final String TAG = "tag.";

    private InstanceRecord() {}

    /**
     * Adds the instance to the entries.
     *
     * @param instance what to write
     * @param prefix put before every key, empty for none
     * @param entries changed
     */
    public static void write(ServiceInstance instance, String prefix, Map<String, String> entries) {
        entries.put(prefix + "schema", String.valueOf(instance.schema()));
        entries.put(prefix + "service", instance.service());
        entries.put(prefix + "id", instance.id());
        entries.put(prefix + "host", instance.host());
        entries.put(prefix + "port", String.valueOf(instance.port()));
        putIfPresent(entries, prefix + "zone", instance.zone());
        putIfPresent(entries, prefix + "version", instance.version());
        entries.put(prefix + "weight", String.valueOf(instance.weight()));
        entries.put(prefix + "start", instance.startTime().toString());
        instance.tags().forEach((key, value) -> entries.put(prefix + TAG + key, value));
        if (!instance.grpcServices().isEmpty()) {
            entries.put(prefix + "grpc-services", String.join("\n", instance.grpcServices()));
        }
        putIfPresent(entries, prefix + "role", instance.role());
        entries.put(prefix + "epoch", String.valueOf(instance.epoch()));
    }

    /**
     * Reads an instance.
     *
     * @param entries keys and values
     * @param prefix before every key
     * @return the instance
     * @throws MalformedRecordException if a key is missing or a value out of range; the message names it
     */
    public static ServiceInstance read(Map<String, String> entries, String prefix) throws MalformedRecordException {
        try {
            return ServiceInstance.builder(
                            required(entries, prefix + "service"),
                            required(entries, prefix + "id"),
                            required(entries, prefix + "host"),
                            number(entries, prefix + "port", 0, Integer::valueOf))
                    .zone(entries.get(prefix + "zone"))
                    .version(entries.get(prefix + "version"))
                    .weight(number(entries, prefix + "weight", ServiceInstance.DEFAULT_WEIGHT, Integer::valueOf))
                    .startTime(Instant.parse(entries.getOrDefault(prefix + "start", Instant.EPOCH.toString())))
                    .tags(tags(entries, prefix + TAG))
                    .grpcServices(grpcServices(entries.get(prefix + "grpc-services")))
                    .role(entries.get(prefix + "role"), number(entries, prefix + "epoch", 0L, Long::valueOf))
                    .schema(number(entries, prefix + "schema", ServiceInstance.SCHEMA, Integer::valueOf))
                    .build();
        } catch (IllegalArgumentException | DateTimeException ex) {
            throw new MalformedRecordException(String.valueOf(ex.getMessage()));
        }
    }

    private static void putIfPresent(Map<String, String> entries, String key, @Nullable String value) {
        if (value != null) {
            entries.put(key, value);
        }
    }

    private static String required(Map<String, String> entries, String key) {
        String value = entries.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + ": missing");
        }
        return value;
    }

    private static <N extends Number> N number(
            Map<String, String> entries, String key, N fallback, Function<String, N> parser) {
        String value = entries.get(key);
        try {
            return value == null ? fallback : parser.apply(value);
        } catch (NumberFormatException ex) {
            throw new IllegalArgumentException(key + ": '" + value + "' (expected: a number)", ex);
        }
    }

    private static Map<String, String> tags(Map<String, String> entries, String prefix) {
        Map<String, String> tags = new LinkedHashMap<>();
        entries.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                tags.put(key.substring(prefix.length()), value);
            }
        });
        return tags;
    }

    private static Set<String> grpcServices(@Nullable String names) {
        Set<String> services = new LinkedHashSet<>();
        if (names != null) {
            names.lines().filter(name -> !name.isBlank()).forEach(services::add);
        }
        return services;
    }
}
