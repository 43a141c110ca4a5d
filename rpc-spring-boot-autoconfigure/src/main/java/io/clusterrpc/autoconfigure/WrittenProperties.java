/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
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
        List<ConfigurationPropertySource> sources =
                writing(ConfigurationPropertySources.get(environment), ConfigurationPropertyName.of(prefix));
        return sources.isEmpty() ? standard : bind(environment, sources, prefix, type);
    }

    /**
     * Binds a record of which only some properties are told apart from others below the same prefix.
     *
     * @param prefix of its properties
     * @param standard what it is where nothing is written under the names
     * @param names of all its properties, below the prefix
     * @throws org.springframework.boot.context.properties.bind.BindException if a value cannot be; Boot explains it
     */
    static <T> T bind(Environment environment, String prefix, Class<T> type, T standard, String... names) {
        List<ConfigurationPropertySource> sources =
                writing(ConfigurationPropertySources.get(environment), ConfigurationPropertyName.of(prefix));
        for (String name : names) {
            if (!writing(sources, ConfigurationPropertyName.of(name)).isEmpty()) {
                return bind(environment, sources, prefix, type);
            }
        }
        return standard;
    }

    /** From the sources that write something of it: for each value Boot asks all that it is given. */
    private static <T> T bind(
            Environment environment, List<ConfigurationPropertySource> sources, String prefix, Class<T> type) {
        return new Binder(sources, new PropertySourcesPlaceholdersResolver(environment))
                .bindOrCreate(prefix, Bindable.of(type));
    }

    /** Whether a property of this name, or anything below it, is written anywhere. */
    static boolean isWritten(Environment environment, String name) {
        return isWritten(environment, ConfigurationPropertyName.of(name));
    }

    static boolean isWritten(Environment environment, ConfigurationPropertyName name) {
        return !writing(ConfigurationPropertySources.get(environment), name).isEmpty();
    }

    private static List<ConfigurationPropertySource> writing(
            Iterable<ConfigurationPropertySource> sources, ConfigurationPropertyName name) {
        List<ConfigurationPropertySource> writing = new ArrayList<>(2);
        for (ConfigurationPropertySource source : sources) {
            if (source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT
                    || source.getConfigurationProperty(name) != null) {
                writing.add(source);
            }
        }
        return writing;
    }
}
