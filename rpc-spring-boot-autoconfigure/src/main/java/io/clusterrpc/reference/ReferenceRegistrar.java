/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.RpcReference;
import io.grpc.Channel;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.PropertyValues;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.ClassUtils;

/**
 * Registers one lazy bean a distinct {@link RpcReference}, so that plain autowiring serves the injection points, and tests can
 * replace the bean. Runs before beans are created; the definitions are ordinary ones that ahead-of-time processing keeps.
 *
 * <p>Classes that no definition shows are looked through when the first object of theirs gets its dependencies: what bean methods
 * return as an interface, tests, and whatever the bean factory is asked to create or to autowire. Thread-safe.
 */
public final class ReferenceRegistrar
        implements BeanDefinitionRegistryPostProcessor, InstantiationAwareBeanPostProcessor, PriorityOrdered {

    /** Name of the bean that has the factory methods. */
    public static final String FACTORY_BEAN = "rpcReferences";

    static final String PREFIX = "rpcReference#";

    private final Set<Class<?>> known = ConcurrentHashMap.newKeySet();
    private @Nullable BeanDefinitionRegistry registry;

    /** Created by the auto-configuration. */
    public ReferenceRegistrar() {}

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        BeanDefinitionRegistry definitions = (BeanDefinitionRegistry) factory;
        for (String name : factory.getBeanDefinitionNames()) {
            if (LibraryBeans.made(factory.getBeanDefinition(name))) {
                continue;
            }
            BeanDefinition definition = factory.getMergedBeanDefinition(name);
            Class<?> type =
                    definition.getRole() == BeanDefinition.ROLE_INFRASTRUCTURE ? null : factory.getType(name, false);
            if (type != null && !LibraryBeans.contain(type)) {
                Class<?> userType = ClassUtils.getUserClass(type);
                if (known.add(userType)) {
                    InjectionPoints.register(userType, definitions);
                }
            }
        }
    }

    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> beanClass, String beanName) {
        Class<?> type = ClassUtils.getUserClass(beanClass);
        BeanDefinitionRegistry definitions = registry;
        if (definitions != null && isNew(type, beanName, definitions)) {
            InjectionPoints.register(type, definitions);
        }
        return null;
    }

    @Override
    public PropertyValues postProcessProperties(PropertyValues values, Object bean, String beanName) {
        Class<?> type = ClassUtils.getUserClass(bean);
        BeanDefinitionRegistry definitions = registry;
        if (definitions != null && isNew(type, beanName, definitions)) {
            InjectionPoints.registerMembers(type, definitions);
        }
        return values;
    }

    private boolean isNew(Class<?> type, String beanName, BeanDefinitionRegistry definitions) {
        if (known.contains(type) || LibraryBeans.contain(type)) {
            return false;
        }
        boolean ofLibrary = definitions.containsBeanDefinition(beanName)
                && LibraryBeans.made(definitions.getBeanDefinition(beanName));
        return !ofLibrary && known.add(type);
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
    public static Set<Class<?>> types(ListableBeanFactory factory, String reference, Map<String, String> services) {
        Set<Class<?>> types = new LinkedHashSet<>();
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
}
