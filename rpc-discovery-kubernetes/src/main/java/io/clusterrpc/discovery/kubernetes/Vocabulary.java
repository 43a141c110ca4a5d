/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The labels and annotations of a slice that say what Kubernetes has no field for. The control plane copies the labels of a Service to
 * its slices; annotations stand on slices that somebody writes himself, and go before labels.
 */
final class Vocabulary {

    static final String SERVICE = "kubernetes.io/service-name";
    static final String WEIGHT = "clusterrpc.io/weight";
    static final String VERSION = "clusterrpc.io/version";
    static final String COMMON_VERSION = "app.kubernetes.io/version";

    /** Before the key of a routing tag. */
    static final String TAG = "tag.clusterrpc.io/";

    /** Routing tag: the node that an instance runs on. */
    static final String NODE = "node";

    private Vocabulary() {}

    static @Nullable String value(ObjectMeta meta, String key) {
        String annotation = map(meta.getAnnotations()).get(key);
        return annotation != null ? annotation : map(meta.getLabels()).get(key);
    }

    static @Nullable String version(ObjectMeta meta) {
        String own = value(meta, VERSION);
        return own != null ? own : value(meta, COMMON_VERSION);
    }

    static Map<String, String> tags(ObjectMeta meta, @Nullable String node) {
        Map<String, String> tags = new TreeMap<>();
        if (node != null && !node.isBlank()) {
            tags.put(NODE, node);
        }
        putTags(tags, map(meta.getLabels()));
        putTags(tags, map(meta.getAnnotations()));
        return tags;
    }

    private static void putTags(Map<String, String> tags, Map<String, String> from) {
        from.forEach((key, value) -> {
            if (key.startsWith(TAG) && key.length() > TAG.length()) {
                tags.put(key.substring(TAG.length()), value);
            }
        });
    }

    private static Map<String, String> map(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }
}
