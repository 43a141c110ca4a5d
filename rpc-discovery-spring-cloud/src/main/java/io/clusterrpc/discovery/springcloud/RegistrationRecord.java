/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes an instance as metadata, in characters that every registry takes. */
final class RegistrationRecord {

    private RegistrationRecord() {}

    static Map<String, String> write(ServiceInstance instance) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(Vocabulary.PORT, String.valueOf(instance.port()));
        metadata.put(Vocabulary.WEIGHT, String.valueOf(instance.weight()));
        put(metadata, Vocabulary.ZONE, instance.zone());
        put(metadata, Vocabulary.VERSION, instance.version());
        metadata.put(Vocabulary.ID, instance.id());
        metadata.put(Vocabulary.SERVICE, instance.service());
        metadata.put(Vocabulary.HOST, instance.host());
        metadata.put(Vocabulary.SCHEMA, String.valueOf(instance.schema()));
        put(metadata, Vocabulary.ROLE, instance.role());
        if (!instance.startTime().equals(Instant.EPOCH)) {
            metadata.put(Vocabulary.START, instance.startTime().toString());
        }
        if (instance.epoch() != 0) {
            metadata.put(Vocabulary.EPOCH, String.valueOf(instance.epoch()));
        }
        StringJoiner services = new StringJoiner(",");
        instance.grpcServices().stream().sorted().forEach(services::add);
        Vocabulary.put(metadata, Vocabulary.GRPC_SERVICES, services.toString());
        StringJoiner tags = new StringJoiner("&");
        new TreeMap<>(instance.tags()).forEach((key, value) -> tags.add(encoded(key) + "=" + encoded(value)));
        Vocabulary.put(metadata, Vocabulary.TAGS, tags.toString());
        return metadata;
    }

    private static void put(Map<String, String> metadata, String key, @Nullable String value) {
        if (value != null) {
            metadata.put(key, value);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
