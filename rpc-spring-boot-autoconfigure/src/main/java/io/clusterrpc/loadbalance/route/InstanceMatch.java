/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

import io.clusterrpc.ServiceInstance;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What instances must say of themselves. The tags {@code version} and {@code zone} stand for the version and the zone of the
 * instance where it has no tag of that name. Immutable.
 *
 * @param tags value by tag, all of which must agree; empty matches every instance
 */
public record InstanceMatch(Map<String, String> tags) {

    /** Matches every instance. */
    public static final InstanceMatch ANY = new InstanceMatch(Map.of());

    /** Copies the tags. */
    public InstanceMatch {
        tags = Map.copyOf(tags);
    }

    /**
     * Whether an instance matches.
     *
     * @param instance the instance
     * @return {@code true} if every tag has the value asked for
     */
    public boolean matches(ServiceInstance instance) {
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            if (!tag.getValue().equals(value(instance, tag.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** The same with some tags more, which win over those of the same name. */
    InstanceMatch with(InstanceMatch more) {
        Map<String, String> all = new HashMap<>(tags);
        all.putAll(more.tags);
        return new InstanceMatch(all);
    }

    private static @Nullable String value(ServiceInstance instance, String tag) {
        String value = instance.tags().get(tag);
        if (value != null) {
            return value;
        }
        return switch (tag) {
            case "version" -> instance.version();
            case "zone" -> instance.zone();
            default -> null;
        };
    }
}
