/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.fixed.FixedDiscovery;
import io.clusterrpc.discovery.local.LocalDiscovery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Picks the backends that an application uses from those that are there. */
final class DiscoveryBackends {

    private static final String PROPERTY = "rpc.discovery.backends";

    private DiscoveryBackends() {}

    /**
     * Picks those that are wanted, the only one if nothing is, and local discovery if there is none.
     *
     * @param wanted names in order of preference
     * @param available the others
     * @param local makes local discovery
     * @throws DiscoveryConfigurationException if one is missing, or it is not clear which one is meant
     */
    static List<DiscoveryBackend> choose(
            List<String> wanted, List<DiscoveryBackend> available, Supplier<? extends DiscoveryBackend> local) {
        Map<String, DiscoveryBackend> byName = new LinkedHashMap<>();
        for (DiscoveryBackend backend : available) {
            if (byName.putIfAbsent(backend.name(), backend) != null) {
                throw new DiscoveryConfigurationException(
                        PROPERTY,
                        "two beans are discovery backends named '" + backend.name() + "'",
                        "Remove one of them, or have its name() return another name.",
                        null);
            }
        }
        boolean alone = byName.isEmpty() || Set.of(FixedDiscovery.NAME).equals(byName.keySet());
        if (wanted.isEmpty()
                ? alone
                : wanted.contains(LocalDiscovery.NAME) && !byName.containsKey(LocalDiscovery.NAME)) {
            byName.put(LocalDiscovery.NAME, local.get());
        }
        return wanted.isEmpty() ? theOnlyOne(byName) : named(wanted, byName);
    }

    private static List<DiscoveryBackend> theOnlyOne(Map<String, DiscoveryBackend> byName) {
        List<String> names = new ArrayList<>(byName.keySet());
        names.remove(FixedDiscovery.NAME);
        if (names.size() > 1) {
            throw new DiscoveryConfigurationException(
                    PROPERTY,
                    "not set, and several backends are on the classpath: " + String.join(", ", names),
                    "Set it to one of them, or to several in order of preference, for example " + PROPERTY + ": ["
                            + names.get(0) + "].",
                    null);
        }
        return named(names, byName);
    }

    private static List<DiscoveryBackend> named(List<String> wanted, Map<String, DiscoveryBackend> byName) {
        List<DiscoveryBackend> chosen = new ArrayList<>();
        for (String name : new LinkedHashSet<>(wanted)) {
            DiscoveryBackend backend = byName.get(name);
            if (backend == null) {
                throw new DiscoveryConfigurationException(
                        PROPERTY,
                        "there is no backend '" + name + "' (available: " + available(byName) + ")",
                        "Use one that is available, or add its module (rpc-discovery-" + name + ") to the classpath.",
                        null);
            }
            chosen.add(backend);
        }
        return chosen;
    }

    private static String available(Map<String, DiscoveryBackend> byName) {
        Set<String> names = new LinkedHashSet<>(byName.keySet());
        names.add(LocalDiscovery.NAME);
        return String.join(", ", names);
    }
}
