/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.ResolvableType;

/**
 * Spring takes a dependency whose parameter has the name of the bean from there, and else looks through all beans for its type, which
 * each start of an application would pay for.
 */
class BeanMethodTests {

    @Test
    void nameTheBeansOfOursThatTheyNeed() {
        List<Method> methods = beanMethods();
        Map<Class<?>, String> names = new TreeMap<>((a, b) -> a.getName().compareTo(b.getName()));
        methods.forEach(method -> names.put(method.getReturnType(), name(method)));
        List<String> others = new ArrayList<>();
        int checked = 0;
        for (Method method : methods) {
            for (int i = 0; i < method.getParameterCount(); i++) {
                Parameter parameter = method.getParameters()[i];
                ResolvableType type = ResolvableType.forMethodParameter(method, i);
                Class<?> wanted = (type.toClass() == ObjectProvider.class ? type.getGeneric(0) : type).toClass();
                String name = names.entrySet().stream()
                        .filter(bean -> wanted.getName().startsWith("io.clusterrpc.")
                                && wanted.isAssignableFrom(bean.getKey())
                                && !isContributed(wanted))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
                if (name != null) {
                    checked++;
                    if (!name.equals(parameter.getName())) {
                        others.add(method + ": " + parameter.getName() + " (expected: " + name + ")");
                    }
                }
            }
        }
        assertThat(others).isEmpty();
        assertThat(checked).isGreaterThan(20);
    }

    /** Of which the application has others. */
    private static boolean isContributed(Class<?> type) {
        return type.isInterface()
                && type.getSimpleName().matches("CallListener|ClusterListener|EndpointListener|DiscoveryBackend");
    }

    private static String name(Method method) {
        String[] names = method.getAnnotation(Bean.class).value();
        return names.length == 0 ? method.getName() : names[0];
    }

    private static List<Method> beanMethods() {
        List<Class<?>> classes = new ArrayList<>();
        for (String name : ImportCandidates.load(AutoConfiguration.class, BeanMethodTests.class.getClassLoader())) {
            if (name.startsWith(BeanMethodTests.class.getPackageName())) {
                add(classes, type(name));
            }
        }
        List<Method> methods = new ArrayList<>();
        for (Class<?> type : classes) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Bean.class)) {
                    methods.add(method);
                }
            }
        }
        return methods;
    }

    private static void add(List<Class<?>> classes, Class<?> type) {
        classes.add(type);
        Import imported = type.getAnnotation(Import.class);
        for (Class<?> each : imported == null ? new Class<?>[0] : imported.value()) {
            add(classes, each);
        }
        for (Class<?> nested : type.getDeclaredClasses()) {
            add(classes, nested);
        }
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
