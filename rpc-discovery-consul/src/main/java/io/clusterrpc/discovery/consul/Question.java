/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to Consul's HTTP API. Immutable.
 *
 * @param method of HTTP
 * @param path encoded, from the slash on
 * @param query parameters, not encoded
 * @param body JSON, {@code null} for none
 * @param held how long the agent was asked to hold it
 */
record Question(
        String method,
        String path,
        Map<String, String> query,
        @Nullable String body,
        Duration held) {

    static Question get(String path) {
        return new Question("GET", path, Map.of(), null, Duration.ZERO);
    }

    static Question put(String path) {
        return new Question("PUT", path, Map.of(), null, Duration.ZERO);
    }

    static Question post(String path) {
        return new Question("POST", path, Map.of(), null, Duration.ZERO);
    }

    Question with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(query);
        more.put(name, value);
        return new Question(method, path, more, body, held);
    }

    Question body(String json) {
        return new Question(method, path, query, json, held);
    }

    /** Held by the agent until the answer differs from the one that {@code name=value} stands for. */
    Question holding(String name, String value, Duration wait) {
        Question next = with(name, value).with("wait", wait.toMillis() + "ms");
        return new Question(method, path, next.query, body, wait);
    }

    String pathAndQuery() {
        StringBuilder text = new StringBuilder(path);
        char separator = '?';
        for (Map.Entry<String, String> each : query.entrySet()) {
            text.append(separator).append(each.getKey()).append('=').append(encoded(each.getValue()));
            separator = '&';
        }
        return text.toString();
    }

    static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
