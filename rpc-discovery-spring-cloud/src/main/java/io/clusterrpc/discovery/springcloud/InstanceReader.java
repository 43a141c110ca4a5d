/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what a registry lists into instances, ours and those of other libraries and languages. What cannot be used is left out or replaced
 * by a default, with a warning once as long as it stays so. Not thread-safe.
 */
final class InstanceReader {

    private static final Logger logger = LoggerFactory.getLogger(InstanceReader.class);

    private static final Pattern HOST = Pattern.compile(
            "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[\\w.-]+)?");

    private final SpringCloudSettings settings;
    private Set<String> warned = new HashSet<>();
    private Set<String> warnings = new HashSet<>();

    InstanceReader(SpringCloudSettings settings) {
        this.settings = settings;
    }

    /** The instances of one answer, sorted by id. */
    List<ServiceInstance> read(String service, List<org.springframework.cloud.client.ServiceInstance> entries) {
        warned = warnings;
        warnings = new HashSet<>();
        List<ServiceInstance> instances = new ArrayList<>(entries.size());
        for (org.springframework.cloud.client.ServiceInstance entry : entries) {
            ServiceInstance instance = read(service, entry);
            if (instance != null) {
                instances.add(instance);
            }
        }
        instances.sort(Comparator.comparing(ServiceInstance::id));
        return instances;
    }

    private @Nullable ServiceInstance read(String service, org.springframework.cloud.client.ServiceInstance entry) {
        try {
            return instance(new Entry(service, entry));
        } catch (RuntimeException ex) {
            warn(service, "is left out: it cannot be read: " + ex);
            return null;
        }
    }

    private @Nullable ServiceInstance instance(Entry entry) {
        String meant = entry.metadata.get(Vocabulary.SERVICE);
        if (meant != null && meant.equalsIgnoreCase(entry.service) && !meant.equals(entry.service)) {
            // Some registries do not tell Orders from orders.
            return null;
        }
        Integer port = port(entry);
        String host = port == null ? null : host(entry);
        if (port == null || host == null) {
            return null;
        }
        String id = entry.metadata.get(Vocabulary.ID);
        // A server that did not choose its id does not know it either: then the address stands for it.
        ServiceInstance.Builder instance = id == null || id.isBlank()
                ? ServiceInstance.builder(entry.service, host, port)
                : ServiceInstance.builder(entry.service, id, host, port);
        return instance.zone(entry.metadata.get(Vocabulary.ZONE))
                .version(entry.metadata.get(Vocabulary.VERSION))
                .weight(weight(entry))
                .startTime(start(entry))
                .role(entry.metadata.get(Vocabulary.ROLE), number(entry, Vocabulary.EPOCH, 0, Long.MAX_VALUE, 0))
                .schema((int) number(entry, Vocabulary.SCHEMA, 1, Integer.MAX_VALUE, ServiceInstance.SCHEMA))
                .tags(tags(entry))
                .grpcServices(grpcServices(entry.metadata))
                .build();
    }

    private @Nullable Integer port(Entry entry) {
        for (String key : settings.portKeys()) {
            String text = entry.metadata.get(key);
            if (text != null) {
                Integer port = validPort(text);
                if (port == null) {
                    warn(entry, "is left out", key, text, "1..65535");
                }
                return port;
            }
        }
        if (entry.ours() || settings.grpcOnly(entry.service)) {
            Integer port = validPort(String.valueOf(entry.port));
            if (port == null) {
                warn(entry, "is left out", "its port", String.valueOf(entry.port), "1..65535");
            }
            return port;
        }
        warn(
                entry.service,
                entry + " is left out: its metadata holds no gRPC port (" + String.join(", ", settings.portKeys())
                        + "), and its own port may be another server's; if that speaks gRPC, add the service to"
                        + " rpc.discovery.spring-cloud.grpc-only-services");
        return null;
    }

    private static @Nullable Integer validPort(String text) {
        String digits = text.strip();
        int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
        return port >= 1 && port <= 65535 ? port : null;
    }

    private @Nullable String host(Entry entry) {
        String text = entry.metadata.getOrDefault(Vocabulary.HOST, entry.host).strip();
        String host = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        if (HOST.matcher(host).matches()) {
            return host;
        }
        warn(entry, "is left out", "its host", text, "a host name or an IP address without port");
        return null;
    }

    private int weight(Entry entry) {
        String nacos = entry.metadata.get(Vocabulary.NACOS_WEIGHT);
        if (nacos == null || entry.metadata.containsKey(Vocabulary.WEIGHT)) {
            return (int) number(entry, Vocabulary.WEIGHT, 0, 1000, ServiceInstance.DEFAULT_WEIGHT);
        }
        try {
            double weight = Double.parseDouble(nacos.strip());
            if (weight >= 0) {
                return (int) Math.min(1000, Math.round(weight * ServiceInstance.DEFAULT_WEIGHT));
            }
        } catch (NumberFormatException ignored) {
            // Said below.
        }
        warn(
                entry,
                "counts with weight " + ServiceInstance.DEFAULT_WEIGHT,
                Vocabulary.NACOS_WEIGHT,
                nacos,
                "a number from 0 on");
        return ServiceInstance.DEFAULT_WEIGHT;
    }

    private long number(Entry entry, String key, long least, long most, long fallback) {
        String text = entry.metadata.get(key);
        if (text == null) {
            return fallback;
        }
        try {
            long value = Long.parseLong(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException ignored) {
            // Said below.
        }
        warn(entry, "counts with " + key + " " + fallback, key, text, least + ".." + most);
        return fallback;
    }

    private Instant start(Entry entry) {
        String text = entry.metadata.get(Vocabulary.START);
        try {
            return text == null ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeException ex) {
            warn(entry, "counts as warm", Vocabulary.START, text, "a time like 2026-02-03T04:05:06Z");
            return Instant.EPOCH;
        }
    }

    private Map<String, String> tags(Entry entry) {
        Map<String, String> tags = new LinkedHashMap<>();
        if (!entry.ours()) {
            entry.metadata.forEach((key, value) -> {
                if (Vocabulary.isTag(key) && !settings.portKeys().contains(key)) {
                    tags.put(key, value);
                }
            });
            return tags;
        }
        for (String pair : Vocabulary.get(entry.metadata, Vocabulary.TAGS).split("&")) {
            int equals = pair.indexOf('=');
            if (equals >= 0) {
                tags.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return tags;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException ex) {
            return text;
        }
    }

    static Set<String> grpcServices(Map<String, String> metadata) {
        Set<String> services = new LinkedHashSet<>();
        for (String name : Vocabulary.get(metadata, Vocabulary.GRPC_SERVICES).split(",")) {
            if (!name.isBlank()) {
                services.add(name.strip());
            }
        }
        return services;
    }

    private void warn(Entry entry, String consequence, String key, @Nullable String value, String expected) {
        warn(
                entry.service,
                entry + " " + consequence + ": " + key + " is '" + value + "' (expected: " + expected + ")");
    }

    private void warn(String service, String what) {
        if (warnings.add(what) && !warned.contains(what)) {
            logger.warn("Of {}, registered with Spring Cloud, {}", service, what);
        }
    }

    /** A registry's entry, read once: other people's getters may compute, or throw. */
    private static final class Entry {

        private final String service;
        private final @Nullable String id;
        private final String host;
        private final int port;
        private final Map<String, String> metadata = new LinkedHashMap<>();

        Entry(String service, org.springframework.cloud.client.ServiceInstance entry) {
            this.service = service;
            this.id = entry.getInstanceId();
            String name = entry.getHost();
            this.host = name == null ? "" : name;
            this.port = entry.getPort();
            Map<String, String> found = entry.getMetadata();
            if (found != null) {
                found.forEach((key, value) -> {
                    if (key != null && value != null) {
                        metadata.put(key, value);
                    }
                });
            }
        }

        /** Written by this library, whichever of its backends did. */
        boolean ours() {
            return metadata.containsKey(Vocabulary.SCHEMA);
        }

        @Override
        public String toString() {
            return (id == null ? "" : id + " at ") + host + ":" + port;
        }
    }
}
