/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer;
import org.springframework.util.ClassUtils;

/** The beans that take part in the observation of a gRPC client's call, and whether one of them needs more than its meters. */
record ClientObservationExtensions(ConfigurableListableBeanFactory beans) {

    static final String OBSERVATION = "grpc.client";

    private static final boolean TRACING =
            ClassUtils.isPresent("io.micrometer.tracing.Tracer", ClientObservationExtensions.class.getClassLoader());

    /** A class of its own because the tracing API is optional. */
    private static final class Tracers {

        private Tracers() {}

        /** Whether there is a tracer that does anything. */
        static boolean any(ListableBeanFactory beans) {
            return beans.getBeanProvider(Tracer.class).stream().anyMatch(tracer -> tracer != Tracer.NOOP);
        }
    }

    /** Whether observations are measured in Boot's way, which the light meters follow. */
    private boolean measuredByBoot() {
        return beans.getBeanProvider(DefaultMeterObservationHandler.class).stream()
                .findAny()
                .isPresent();
    }

    /** Who needs the full observation, in words for the log; {@code null} if its meters are all that anyone sees of it. */
    @Nullable
    String needFull() {
        if (TRACING && Tracers.any(beans)) {
            return "a tracer is present";
        }
        if (!measuredByBoot()) {
            return "observations are not measured by Spring Boot's handler";
        }
        // What was put into a registry of one's own, or by a customizer, is in no bean: it may be anything.
        for (String name :
                BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, ObservationRegistry.class, true, false)) {
            if (!isMadeByBoot(name)) {
                return "the ObservationRegistry '" + name + "' is not Spring Boot's";
            }
        }
        Object participant = participant(context());
        return participant == null
                ? null
                : "a bean of type " + participant.getClass().getName() + " takes part";
    }

    /** Somebody other than Spring Boot who takes part. */
    private @Nullable Object participant(GrpcClientObservationContext context) {
        List<Object> all = new ArrayList<>();
        for (GrpcClientObservationConvention convention : conventions()) {
            all.add(convention);
        }
        for (ObservationFilter filter : all(ObservationFilter.class)) {
            all.add(filter);
        }
        for (ObservationPredicate predicate : all(ObservationPredicate.class)) {
            all.add(predicate);
        }
        for (GlobalObservationConvention<?> convention : all(GlobalObservationConvention.class)) {
            if (convention.supportsContext(context)) {
                all.add(convention);
            }
        }
        for (ObservationHandler<?> handler : all(ObservationHandler.class)) {
            if (handler.supportsContext(context) && handler.getClass() != DefaultMeterObservationHandler.class) {
                all.add(handler);
            }
        }
        for (ObservationRegistryCustomizer<?> customizer : all(ObservationRegistryCustomizer.class)) {
            if (!isOfBoot(customizer.getClass())) {
                all.add(customizer);
            }
        }
        for (Object bean : all) {
            if (!isBoots(bean)) {
                return bean;
            }
        }
        return null;
    }

    /** Whether {@code management.observations.enable} lets the calls be observed. */
    boolean enabled() {
        GrpcClientObservationContext context = context();
        for (ObservationPredicate predicate : all(ObservationPredicate.class)) {
            if (isBoots(predicate) && !predicate.test(OBSERVATION, context)) {
                return false;
            }
        }
        return true;
    }

    /** The key-values that {@code management.observations.key-values} adds to every observation. */
    KeyValues common() {
        Observation.Context context = context();
        for (ObservationFilter filter : all(ObservationFilter.class)) {
            if (isBoots(filter)) {
                context = filter.map(context);
            }
        }
        return context.getLowCardinalityKeyValues();
    }

    /** What the application says of the observation's names and key-values. */
    ObjectProvider<GrpcClientObservationConvention> conventions() {
        return all(GrpcClientObservationConvention.class);
    }

    private <T> ObjectProvider<T> all(Class<T> type) {
        return beans.getBeanProvider(type);
    }

    private boolean isMadeByBoot(String name) {
        try {
            Method method = beans.getMergedBeanDefinition(name) instanceof RootBeanDefinition definition
                    ? definition.getResolvedFactoryMethod()
                    : null;
            return method != null && isOfBoot(method.getDeclaringClass());
        } catch (NoSuchBeanDefinitionException e) {
            return false; // registered as a ready object
        }
    }

    private static boolean isOfBoot(Class<?> type) {
        return type.getName().startsWith("org.springframework.boot.");
    }

    private static boolean isBoots(Object bean) {
        return bean.getClass().getName().startsWith("org.springframework.boot.micrometer.observation.");
    }

    private static GrpcClientObservationContext context() {
        GrpcClientObservationContext context = new GrpcClientObservationContext((carrier, key, value) -> {});
        context.setName(OBSERVATION);
        return context;
    }
}
