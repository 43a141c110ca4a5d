/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.core.type.MethodMetadata;

/**
 * The libraries whose beans surely have none of our annotations on them: looking through them would cost start-up time. Stateless.
 */
public final class LibraryBeans {

    /** A trailing dollar stands for one class and those nested in it. */
    private static final List<String> LIBRARIES = List.of(
            "java.",
            "jakarta.",
            "org.springframework.",
            "io.micrometer.",
            "io.prometheus.",
            "io.grpc.",
            "io.github.resilience4j.",
            // Our own classes with bean methods: not the whole package, tests are in it too.
            "io.clusterrpc.autoconfigure.RpcActuatorAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcHealthAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcObservationAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcProviderAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcReferenceAutoConfiguration$",
            "io.clusterrpc.autoconfigure.ProviderProtection$");

    private LibraryBeans() {}

    /**
     * Whether a bean is made by a class of a library, or is one.
     *
     * @param definition of the bean; no class is loaded
     * @return {@code false} for everything that may be the application's
     */
    public static boolean made(BeanDefinition definition) {
        MethodMetadata factory =
                definition instanceof AnnotatedBeanDefinition annotated ? annotated.getFactoryMethodMetadata() : null;
        return contain(factory != null ? factory.getDeclaringClassName() : definition.getBeanClassName());
    }

    static boolean contain(Class<?> type) {
        return contain(type.getName());
    }

    private static boolean contain(@Nullable String className) {
        if (className != null) {
            String name = className + '$';
            for (String library : LIBRARIES) {
                if (name.startsWith(library)) {
                    return true;
                }
            }
        }
        return false;
    }
}
