/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * Records of properties that are bound only where somebody wrote one of them: to bind what has its default value all the same, and to
 * have a bean of it, is what most of a start's work for properties would be. Stateless.
 */
final class WrittenProperties {

    private WrittenProperties() {}

    /**
     * Binds a record.
     *
     * @param prefix of its properties
     * @param standard what it is where nothing is written below the prefix
     * @throws org.springframework.boot.context.properties.bind.BindException if a value cannot be; Boot explains it
     */
    static <T> T bind(Environment environment, String prefix, Class<T> type, T standard) {
        return areWritten(environment, prefix) ? bind(environment, prefix, type) : standard;
    }

    static <T> T bind(Environment environment, String prefix, Class<T> type) {
        return Binder.get(environment).bindOrCreate(prefix, Bindable.of(type));
    }

    /** Whether a property of one of these names, or anything below it, is written anywhere. */
    static boolean areWritten(Environment environment, String... names) {
        for (String name : names) {
            if (isWritten(environment, ConfigurationPropertyName.of(name))) {
                return true;
            }
        }
        return false;
    }

    static boolean isWritten(Environment environment, ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT
                    || source.getConfigurationProperty(name) != null) {
                return true;
            }
        }
        return false;
    }
}
