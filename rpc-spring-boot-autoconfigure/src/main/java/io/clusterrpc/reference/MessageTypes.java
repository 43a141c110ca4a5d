/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/** The message types of methods, and those that beans declare for them. Stateless. */
final class MessageTypes {

    private MessageTypes() {}

    static @Nullable Class<?> request(MethodDescriptor<?, ?> method) {
        return type(method.getRequestMarshaller());
    }

    static @Nullable Class<?> response(MethodDescriptor<?, ?> method) {
        return type(method.getResponseMarshaller());
    }

    /** Protobuf's marshallers say what they marshal. */
    private static @Nullable Class<?> type(Marshaller<?> marshaller) {
        return marshaller instanceof ReflectableMarshaller<?> typed ? typed.getMessageClass() : null;
    }

    static String name(@Nullable Class<?> type) {
        return type == null ? "?" : type.getSimpleName();
    }

    /** What a bean is declared as, type arguments included: only its definition has those of a {@code @Bean} method. */
    static ResolvableType declared(BeanFactory beans, String name) {
        if (beans instanceof ConfigurableListableBeanFactory factory && factory.containsBeanDefinition(name)) {
            ResolvableType declared = factory.getMergedBeanDefinition(name).getResolvableType();
            if (declared != ResolvableType.NONE) {
                return declared;
            }
        }
        Class<?> type = beans.getType(name, false);
        return type == null ? ResolvableType.NONE : ResolvableType.forClass(type);
    }
}
