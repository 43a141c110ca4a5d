/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.RpcReference;
import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/** Finds what a class wants injected by {@link RpcReference}, and registers a bean definition for each. Stateless. */
final class InjectionPoints {

    private InjectionPoints() {}

    /** Those of fields, constructors and methods, bean methods among them. */
    static void register(Class<?> type, BeanDefinitionRegistry registry) {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            Parameter[] parameters = constructor.getParameters();
            for (int i = 0; i < parameters.length; i++) {
                RpcReference reference = reference(parameters[i]);
                if (reference != null) {
                    register(reference, ResolvableType.forConstructorParameter(constructor, i), constructor, registry);
                }
            }
        }
        registerMembers(type, registry);
    }

    /** Those of fields and methods: of an object that is there already. */
    static void registerMembers(Class<?> type, BeanDefinitionRegistry registry) {
        ReflectionUtils.doWithFields(type, field -> {
            RpcReference reference = reference(field);
            if (reference != null) {
                refuseStatic(field);
                register(reference, ResolvableType.forField(field, type), field, registry);
            }
        });
        ReflectionUtils.doWithMethods(type, method -> scan(method, type, registry));
    }

    private static void scan(Method method, Class<?> type, BeanDefinitionRegistry registry) {
        if (method.getParameterCount() == 0) {
            return;
        }
        Parameter[] parameters = method.getParameters();
        RpcReference onMethod = reference(method);
        if (onMethod != null) {
            refuseStatic(method);
        }
        for (int i = 0; i < parameters.length; i++) {
            RpcReference reference = onMethod != null ? onMethod : reference(parameters[i]);
            if (reference != null) {
                register(reference, ResolvableType.forMethodParameter(method, i, type), method, registry);
            }
        }
    }

    /** Spring passes over them with a line in the log, and the stub would stay null. */
    private static void refuseStatic(Member member) {
        if (Modifier.isStatic(member.getModifiers())) {
            throw new UnresolvableReferenceException(
                    "@RpcReference on " + describe(member) + ", which is static (expected: not static, because nothing"
                            + " is injected into classes)",
                    "Remove static, or pass the stub to the constructor of the bean that uses it");
        }
    }

    /** Most elements of most beans carry no annotation at all; looking for meta-annotations costs start-up time. */
    private static @Nullable RpcReference reference(AnnotatedElement element) {
        return element.getAnnotations().length == 0
                ? null
                : AnnotatedElementUtils.findMergedAnnotation(element, RpcReference.class);
    }

    private static void register(
            RpcReference reference, ResolvableType declared, Object where, BeanDefinitionRegistry registry) {
        Class<?> type = wanted(declared);
        boolean channel = type == Channel.class;
        if (!channel && !isStub(type)) {
            throw new UnresolvableReferenceException(
                    "@RpcReference on " + describe(where) + " has type " + declared
                            + " (expected: a generated gRPC stub class or io.grpc.Channel)",
                    "Change the type to a stub, for example OrdersGrpc.OrdersBlockingStub, or remove @RpcReference");
        }
        if (channel && reference.value().isBlank()) {
            throw new UnresolvableReferenceException(
                    "@RpcReference on " + describe(where)
                            + " is a Channel without a name (expected: a name, because a channel"
                            + " does not say which gRPC service it is for)",
                    "Name the reference: @RpcReference(\"<application>\")");
        }
        String name = ReferenceRegistrar.PREFIX + reference.value() + '#' + type.getName();
        if (!registry.containsBeanDefinition(name)) {
            registry.registerBeanDefinition(name, definition(reference.value(), type));
        }
    }

    private static RootBeanDefinition definition(String reference, Class<?> type) {
        BeanDefinitionBuilder builder =
                BeanDefinitionBuilder.rootBeanDefinition(type).setLazyInit(true);
        builder.setFactoryMethodOnBean(type == Channel.class ? "channel" : "stub", ReferenceRegistrar.FACTORY_BEAN);
        if (!reference.isEmpty()) {
            builder.addConstructorArgValue(reference);
        }
        if (type != Channel.class) {
            builder.addConstructorArgValue(type);
        }
        RootBeanDefinition definition = (RootBeanDefinition) builder.getBeanDefinition();
        definition.setTargetType(type);
        // The channel belongs to the channel factory, and stubs have nothing to close.
        definition.setDestroyMethodName("");
        AutowireCandidateQualifier qualifier = new AutowireCandidateQualifier(RpcReference.class);
        qualifier.setAttribute("value", reference);
        definition.addQualifier(qualifier);
        return definition;
    }

    /** The type asked for, through {@code ObjectProvider}, {@code Optional} and the like. */
    private static Class<?> wanted(ResolvableType declared) {
        Class<?> type = declared.toClass();
        return type.isInterface() || type == Optional.class
                ? declared.getGeneric(0).resolve(type)
                : type;
    }

    private static boolean isStub(Class<?> type) {
        return AbstractStub.class.isAssignableFrom(type)
                && type != AbstractStub.class
                && type.getEnclosingClass() != null;
    }

    private static String describe(Object where) {
        if (where instanceof Field field) {
            return "field " + field.getDeclaringClass().getName() + "." + field.getName();
        }
        if (where instanceof Method method) {
            return "method " + method.getDeclaringClass().getName() + "." + method.getName() + "(..)";
        }
        return Stream.of(where)
                .filter(Constructor.class::isInstance)
                .map(constructor -> "constructor of "
                        + ((Constructor<?>) constructor).getDeclaringClass().getName())
                .findFirst()
                .orElseGet(() -> String.valueOf(List.of(where)));
    }
}
