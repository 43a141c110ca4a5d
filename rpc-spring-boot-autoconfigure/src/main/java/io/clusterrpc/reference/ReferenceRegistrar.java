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
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Registers one lazy bean a distinct {@link RpcReference}, so that plain autowiring serves the injection points, and tests can
 * replace the bean. Runs once, before beans are created; the definitions are ordinary ones that ahead-of-time processing keeps.
 */
public final class ReferenceRegistrar implements BeanDefinitionRegistryPostProcessor, PriorityOrdered {

    /** Name of the bean that has the factory methods. */
    public static final String FACTORY_BEAN = "rpcReferences";

    private static final String PREFIX = "rpcReference#";

    /**
     * Whose classes surely hold no reference of ours, nor do the beans that they make; looking through them would cost start-up
     * time. A trailing dollar stands for one class and those nested in it.
     */
    private static final List<String> LIBRARIES = List.of(
            "java.",
            "jakarta.",
            "org.springframework.",
            "io.micrometer.",
            "io.prometheus.",
            "io.grpc.",
            "io.github.resilience4j.",
            // Our own classes with bean methods and properties: not the whole package, tests are in it too.
            "io.clusterrpc.autoconfigure.RpcActuatorAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcObservationAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcProviderAutoConfiguration$",
            "io.clusterrpc.autoconfigure.RpcReferenceAutoConfiguration$",
            "io.clusterrpc.autoconfigure.ProviderProtection$",
            "io.clusterrpc.autoconfigure.ProviderThreads$",
            "io.clusterrpc.autoconfigure.RpcDiscoveryProperties$",
            "io.clusterrpc.autoconfigure.RpcHealthProperties$",
            "io.clusterrpc.autoconfigure.RpcObservationProperties$",
            "io.clusterrpc.autoconfigure.RpcProviderProperties$",
            "io.clusterrpc.autoconfigure.RpcReferenceProperties$");

    /** Created by the auto-configuration. */
    public ReferenceRegistrar() {}

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {}

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        BeanDefinitionRegistry registry = (BeanDefinitionRegistry) factory;
        for (String name : factory.getBeanDefinitionNames()) {
            if (isLibrary(madeBy(factory.getBeanDefinition(name)))) {
                continue;
            }
            BeanDefinition definition = factory.getMergedBeanDefinition(name);
            Class<?> type =
                    definition.getRole() == BeanDefinition.ROLE_INFRASTRUCTURE ? null : factory.getType(name, false);
            if (type != null && !isLibrary(type.getName())) {
                scan(ClassUtils.getUserClass(type), registry);
            }
        }
    }

    /** The class with the bean method, else the bean's own; known without loading any class. */
    private static @Nullable String madeBy(BeanDefinition definition) {
        MethodMetadata factory =
                definition instanceof AnnotatedBeanDefinition annotated ? annotated.getFactoryMethodMetadata() : null;
        return factory != null ? factory.getDeclaringClassName() : definition.getBeanClassName();
    }

    /**
     * The names of the references that injection points ask for. References without a name are not among them.
     *
     * @param factory the bean factory
     * @return sorted names
     */
    public static Set<String> names(ListableBeanFactory factory) {
        Set<String> names = new TreeSet<>();
        for (String bean : factory.getBeanDefinitionNames()) {
            if (bean.startsWith(PREFIX)) {
                String name = bean.substring(PREFIX.length(), bean.lastIndexOf('#'));
                if (!name.isEmpty()) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /**
     * The gRPC services of the injection points that give no name.
     *
     * @param factory the bean factory
     * @return sorted full names of gRPC services
     */
    public static Set<String> nameless(ListableBeanFactory factory) {
        Set<String> services = new TreeSet<>();
        for (String bean : factory.getBeanDefinitionNames()) {
            if (bean.startsWith(PREFIX + '#')) {
                Class<?> type = factory.getType(bean, false);
                if (type != null) {
                    services.add(StubTypes.grpcService(type));
                }
            }
        }
        return services;
    }

    /**
     * The types of the injection points of a reference.
     *
     * @param factory the bean factory
     * @param reference its name; for those without a name the gRPC service
     * @param services applications by gRPC service, for references without a name
     * @return stub classes, {@link Channel} among them where a channel is injected
     */
    public static Set<Class<?>> types(
            ListableBeanFactory factory, String reference, java.util.Map<String, String> services) {
        Set<Class<?>> types = new java.util.LinkedHashSet<>();
        for (String bean : factory.getBeanDefinitionNames()) {
            Class<?> type = bean.startsWith(PREFIX) ? factory.getType(bean, false) : null;
            if (type != null) {
                String name = bean.substring(PREFIX.length(), bean.lastIndexOf('#'));
                if (name.isEmpty()) {
                    String grpcService = StubTypes.grpcService(type);
                    name = services.getOrDefault(grpcService, grpcService);
                }
                if (name.equals(reference)) {
                    types.add(type);
                }
            }
        }
        return types;
    }

    private static boolean isLibrary(@Nullable String className) {
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

    private static void scan(Class<?> type, BeanDefinitionRegistry registry) {
        ReflectionUtils.doWithFields(type, field -> {
            RpcReference reference = reference(field);
            if (reference != null) {
                register(reference, ResolvableType.forField(field, type), field, registry);
            }
        });
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            Parameter[] parameters = constructor.getParameters();
            for (int i = 0; i < parameters.length; i++) {
                RpcReference reference = reference(parameters[i]);
                if (reference != null) {
                    register(reference, ResolvableType.forConstructorParameter(constructor, i), constructor, registry);
                }
            }
        }
        ReflectionUtils.doWithMethods(type, method -> scan(method, type, registry));
    }

    private static void scan(Method method, Class<?> type, BeanDefinitionRegistry registry) {
        if (method.getParameterCount() == 0) {
            return;
        }
        Parameter[] parameters = method.getParameters();
        RpcReference onMethod = reference(method);
        for (int i = 0; i < parameters.length; i++) {
            RpcReference reference = onMethod != null ? onMethod : reference(parameters[i]);
            if (reference != null) {
                register(reference, ResolvableType.forMethodParameter(method, i, type), method, registry);
            }
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
        String name = PREFIX + reference.value() + '#' + type.getName();
        if (!registry.containsBeanDefinition(name)) {
            registry.registerBeanDefinition(name, definition(reference.value(), type));
        }
    }

    private static RootBeanDefinition definition(String reference, Class<?> type) {
        BeanDefinitionBuilder builder =
                BeanDefinitionBuilder.rootBeanDefinition(type).setLazyInit(true);
        builder.setFactoryMethodOnBean(type == Channel.class ? "channel" : "stub", FACTORY_BEAN);
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
        return type.isInterface() || type == java.util.Optional.class
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
