/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.ServiceInstance;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns registrations into instances, ours and those of other libraries and languages. What cannot be used is left out or replaced by a
 * default, with a warning once as long as it stays so. Owned by the event loop.
 */
final class InstanceReader {

    private static final Logger logger = LoggerFactory.getLogger(InstanceReader.class);

    private static final Pattern HOST = Pattern.compile(
            "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[\\w.-]+)?");

    private Set<String> warned = new HashSet<>();
    private Set<String> warnings = new HashSet<>();

    /** To be called before the entries of one answer. */
    void begin() {
        warned = warnings;
        warnings = new HashSet<>();
    }

    /** The instance, {@code null} if the registration names none that can be called. */
    @Nullable
    ServiceInstance read(ListedEntry entry) {
        try {
            return instance(entry);
        } catch (IllegalArgumentException ex) {
            warn(entry, "is left out", "the whole", ex.getMessage(), "a registration that can be read");
            return null;
        }
    }

    private @Nullable ServiceInstance instance(ListedEntry entry) {
        Integer port = port(entry);
        String host = host(entry);
        if (port == null || host == null) {
            return null;
        }
        String id = entry.meta().get(Vocabulary.ID);
        // A server that did not choose its id does not know it either: then the address stands for it.
        ServiceInstance.Builder instance = id == null || id.isBlank()
                ? ServiceInstance.builder(entry.service(), host, port)
                : ServiceInstance.builder(entry.service(), id, host, port);
        String schema = entry.meta().get(Vocabulary.SCHEMA);
        return instance.zone(entry.meta().get(Vocabulary.ZONE))
                .version(entry.meta().get(Vocabulary.VERSION))
                .weight((int) number(entry, Vocabulary.WEIGHT, 0, 1000, ServiceInstance.DEFAULT_WEIGHT))
                .startTime(start(entry))
                .role(entry.meta().get(Vocabulary.ROLE), number(entry, Vocabulary.EPOCH, 0, Long.MAX_VALUE, 0))
                .schema((int) number(entry, Vocabulary.SCHEMA, 1, Integer.MAX_VALUE, ServiceInstance.SCHEMA))
                .tags(tags(entry, schema == null))
                .grpcServices(grpcServices(entry))
                .build();
    }

    private @Nullable Integer port(ListedEntry entry) {
        String other = entry.meta().get(Vocabulary.FOREIGN_PORT);
        String text = other == null ? String.valueOf(entry.port()) : other.strip();
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        if (port >= 1 && port <= 65535) {
            return port;
        }
        warn(entry, "is left out", other == null ? "Port" : Vocabulary.FOREIGN_PORT, text, "1..65535");
        return null;
    }

    private @Nullable String host(ListedEntry entry) {
        String text = entry.address().strip();
        String host = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        if (HOST.matcher(host).matches()) {
            return host;
        }
        warn(entry, "is left out", "Address", text, "a host name or an IP address without port");
        return null;
    }

    private long number(ListedEntry entry, String key, long least, long most, long fallback) {
        String text = entry.meta().get(key);
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

    private Instant start(ListedEntry entry) {
        String text = entry.meta().get(Vocabulary.START);
        try {
            return text == null ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeException ex) {
            warn(entry, "counts as warm", Vocabulary.START, text, "a time like 2026-02-03T04:05:06Z");
            return Instant.EPOCH;
        }
    }

    private static Map<String, String> tags(ListedEntry entry, boolean foreign) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String tag : entry.tags()) {
            if (tag.startsWith(Vocabulary.ENCODED_TAG)) {
                String pair = tag.substring(Vocabulary.ENCODED_TAG.length());
                int equals = pair.indexOf('=');
                if (equals > 0 || equals == 0 && pair.length() > 1) {
                    tags.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
                }
            } else if (foreign && !tag.startsWith(Vocabulary.GRPC_SERVICE)) {
                int equals = tag.indexOf('=');
                tags.put(equals < 0 ? tag : tag.substring(0, equals), equals < 0 ? "" : tag.substring(equals + 1));
            }
        }
        entry.meta().forEach((key, value) -> {
            if (!Vocabulary.RESERVED.contains(key)) {
                tags.put(key, value);
            }
        });
        return tags;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException ex) {
            return text;
        }
    }

    private static Set<String> grpcServices(ListedEntry entry) {
        Set<String> services = new LinkedHashSet<>();
        for (String tag : entry.tags()) {
            if (tag.startsWith(Vocabulary.GRPC_SERVICE)) {
                services.add(tag.substring(Vocabulary.GRPC_SERVICE.length()));
            }
        }
        return services;
    }

    private void warn(ListedEntry entry, String consequence, String key, @Nullable String value, String expected) {
        String warning = entry.service() + " " + entry.id() + " on node " + entry.node() + " " + consequence + ": "
                + key + " is '" + value + "' (expected: " + expected + ")";
        if (warnings.add(warning) && !warned.contains(warning)) {
            logger.warn("Registered with Consul, {}", warning);
        }
    }
}
