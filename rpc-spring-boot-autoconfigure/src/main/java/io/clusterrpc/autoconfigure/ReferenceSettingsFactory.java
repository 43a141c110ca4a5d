/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.ReferenceSettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The settings of references, decided once, at the edge. Thread-safe. */
final class ReferenceSettingsFactory {

    private final RpcReferenceProperties properties;
    private final Predicate<String> idleTimeoutOfBoot;
    private final Map<String, ReferenceSettings> decided = new ConcurrentHashMap<>();

    /**
     * Creates the factory.
     *
     * @param properties what the user wrote
     * @param idleTimeoutOfBoot whether Boot's property sets the idle timeout of a channel, which wins over our default
     */
    ReferenceSettingsFactory(RpcReferenceProperties properties, Predicate<String> idleTimeoutOfBoot) {
        this.properties = properties;
        this.idleTimeoutOfBoot = idleTimeoutOfBoot;
    }

    /** The settings of a reference, the same ones each time. */
    ReferenceSettings of(String name) {
        ReferenceSettings known = decided.get(name);
        if (known != null) {
            return known;
        }
        ReferenceSettings own = decide(name);
        ReferenceSettings other = decided.putIfAbsent(name, own);
        return other != null ? other : own;
    }

    /** Where nothing is configured there is nothing to merge or to check, and no class to load for it. */
    private ReferenceSettings decide(String name) {
        return properties.standard() && !properties.references().containsKey(name)
                ? StandardDefaults.settings(name, properties.zone(), !idleTimeoutOfBoot.test(name))
                : new ReferenceSettingsMerge(properties, idleTimeoutOfBoot).of(name);
    }
}
