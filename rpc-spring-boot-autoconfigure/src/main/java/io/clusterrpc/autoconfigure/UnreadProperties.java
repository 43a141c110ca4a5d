/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Warns of properties below {@code rpc} that nothing reads, since Boot passes over a misspelt name in silence. Environment variables
 * are left alone: their names do not say where a key of a map ends. Reads no values.
 */
final class UnreadProperties {

    private static final Logger log = LoggerFactory.getLogger(UnreadProperties.class);
    private static final String GROUPS = ", provider, discovery, health, nginx, observation";
    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("rpc");

    private final Environment environment;
    private final ListableBeanFactory beans;

    UnreadProperties(Environment environment, ListableBeanFactory beans) {
        this.environment = environment;
        this.beans = beans;
    }

    void warn() {
        Map<ConfigurationPropertyName, ConfigurationPropertySource> found = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && !isOfTheSystem(source)) {
                for (ConfigurationPropertyName name : iterable) {
                    if (ROOT.isAncestorOf(name)) {
                        found.putIfAbsent(name, source);
                    }
                }
            }
        }
        if (found.isEmpty()) {
            return;
        }
        Map<ConfigurationPropertyName, Class<?>> modules = modules();
        found.forEach((name, source) -> {
            String expected = unread(name, modules);
            if (expected != null) {
                log.warn(
                        "{} is no property of Cluster RPC or of its modules on the class path ({})",
                        origin(name, source),
                        expected);
            }
        });
    }

    private static boolean isOfTheSystem(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> it
                && it.getName().startsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    }

    private static String origin(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        var property = source.getConfigurationProperty(name);
        var origin = property == null ? null : property.getOrigin();
        return origin == null ? name.toString() : name + " (" + origin + ")";
    }

    /** Those of modules and of the application, which have their prefix in the name of their bean. */
    private Map<ConfigurationPropertyName, Class<?>> modules() {
        Map<ConfigurationPropertyName, Class<?>> modules = new TreeMap<>();
        for (String bean : beans.getBeanDefinitionNames()) {
            Class<?> type = bean.startsWith("rpc.") ? beans.getType(bean, false) : null;
            if (type != null && bean.endsWith('-' + type.getName())) {
                String prefix = bean.substring(0, bean.length() - type.getName().length() - 1);
                modules.put(ConfigurationPropertyName.of(prefix), type);
            }
        }
        return modules;
    }

    /** Those of the library, whether or not this application uses them: files of configuration are shared. */
    private static @Nullable Class<?> ofLibrary(String group) {
        return switch (group) {
            case "provider" -> RpcProviderProperties.class;
            case "discovery" -> RpcDiscoveryProperties.class;
            case "health" -> RpcHealthProperties.class;
            case "nginx" -> RpcNginxProperties.class;
            case "observation" -> RpcObservationProperties.class;
            default -> null;
        };
    }

    /** What was expected in place of a property that nobody reads; {@code null} if somebody does. */
    private static @Nullable String unread(
            ConfigurationPropertyName name, Map<ConfigurationPropertyName, Class<?>> modules) {
        int depth = 2;
        Class<?> reader = ofLibrary(name.getElement(1, Form.UNIFORM));
        if (reader == null) {
            depth = 1;
            reader = RpcReferenceProperties.class;
        }
        for (Map.Entry<ConfigurationPropertyName, Class<?>> module : modules.entrySet()) {
            int elements = module.getKey().getNumberOfElements();
            if (elements > depth && module.getKey().isAncestorOf(name)) {
                depth = elements;
                reader = module.getValue();
            }
        }
        return unread(name, depth, ResolvableType.forClass(reader));
    }

    private static @Nullable String unread(ConfigurationPropertyName name, int from, ResolvableType reader) {
        ResolvableType type = reader;
        for (int i = from; i < name.getNumberOfElements(); i++) {
            Class<?> raw = type.toClass();
            if (Map.class.isAssignableFrom(raw)) {
                type = type.asMap().getGeneric(1);
            } else if (raw.isRecord()) {
                Type component = component(raw, name.getElement(i, Form.UNIFORM));
                if (component == null) {
                    return "expected after " + name.chop(i) + ": " + components(raw) + (i == 1 ? GROUPS : "");
                }
                type = ResolvableType.forType(component);
            } else {
                return null; // a value, or a class that has its own ways
            }
        }
        return null;
    }

    private static @Nullable Type component(Class<?> type, String uniformName) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getName().toLowerCase(Locale.ROOT).equals(uniformName)) {
                return component.getGenericType();
            }
        }
        return null;
    }

    private static String components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
