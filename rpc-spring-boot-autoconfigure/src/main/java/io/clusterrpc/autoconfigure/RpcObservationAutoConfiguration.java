/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.actuate.LoadMeters;
import io.clusterrpc.actuate.ReferenceMeters;
import io.clusterrpc.actuate.ThreadMeters;
import io.clusterrpc.observe.BreakerMeters;
import io.clusterrpc.observe.CallMeters;
import io.clusterrpc.observe.LightClientInterceptor;
import io.clusterrpc.observe.RegistryMeters;
import io.clusterrpc.provider.limit.HandlerThreads;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.reference.RpcReferences;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.stub.AbstractStub;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler.IgnoredMeters;
import io.micrometer.observation.ObservationRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientObservationAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsProperties;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GlobalClientInterceptor;

/**
 * Auto-configuration of the meters: those of references, registries and providers, and light ones in place of Spring Boot's observation of
 * gRPC clients where nobody would see more of it.
 */
@AutoConfiguration(
        before = GrpcClientObservationAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class RpcObservationAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(RpcObservationAutoConfiguration.class);

    private final RpcObservationProperties properties;

    RpcObservationAutoConfiguration(Environment environment) {
        this.properties = RpcObservationProperties.of(environment);
    }

    @Bean
    CallMeters rpcCallMeters(MeterRegistry registry) {
        return new CallMeters(registry);
    }

    @Bean
    RegistryMeters rpcRegistryMeters(MeterRegistry registry) {
        return new RegistryMeters(registry);
    }

    @Bean
    ReferenceMeters rpcReferenceMeters(MeterRegistry registry) {
        return new ReferenceMeters(registry, properties.maxInstances());
    }

    /** Of what there is. To ask when the meters are bound costs less start-up time than a condition a bean. */
    @Bean
    MeterBinder rpcMeters(
            ObjectProvider<LoadShedder> rpcLoadShedder,
            ObjectProvider<HandlerThreads> rpcHandlerThreads,
            ObjectProvider<CircuitBreakerRegistry> circuitBreakerRegistry,
            ObjectProvider<RpcReferences> rpcReferences) {
        return registry -> {
            LoadShedder shedder = rpcLoadShedder.getIfAvailable();
            if (shedder != null) {
                new LoadMeters(shedder).bindTo(registry);
            }
            HandlerThreads threads = rpcHandlerThreads.getIfAvailable();
            if (threads != null) {
                new ThreadMeters(threads).bindTo(registry);
            }
            RpcReferences references = rpcReferences.getIfAvailable();
            CircuitBreakerRegistry breakers = circuitBreakerRegistry.getIfAvailable();
            if (references != null && breakers != null) {
                new BreakerMeters(registry, name -> isReference(references, name)).bindTo(breakers);
            }
        };
    }

    private static boolean isReference(RpcReferences references, String name) {
        return references.states().stream()
                .anyMatch(state -> name.equals(state.name()) || name.startsWith(state.name() + '.'));
    }

    /** Takes the place of Boot's interceptor, under the conditions that Boot sets for it. */
    @Bean
    @GlobalClientInterceptor
    @ConditionalOnClass({
        AbstractStub.class,
        ObservationRegistry.class,
        ObservationGrpcClientInterceptor.class,
        MetricsProperties.class,
        ObservationRegistryCustomizer.class
    })
    @ConditionalOnProperty(name = "spring.grpc.client.enabled", matchIfMissing = true)
    @ConditionalOnProperty(name = "spring.grpc.client.observation.enabled", havingValue = "true", matchIfMissing = true)
    @ConditionalOnMissingBean
    ObservationGrpcClientInterceptor rpcClientObservationInterceptor(
            MeterRegistry meters,
            ObjectProvider<ObservationRegistry> observationRegistry,
            ConfigurableListableBeanFactory beans) {
        ObservationRegistry registry = observationRegistry.getIfAvailable();
        // Asked for here rather than by conditions, each of which looks through all beans.
        if (registry == null) {
            return none();
        }
        ClientObservationExtensions extensions = new ClientObservationExtensions(beans);
        return switch (properties.client()) {
            case OFF -> none();
            case FULL -> full(registry, extensions);
            case LIGHT -> light(meters, extensions, beans);
            case AUTO -> {
                String need = extensions.needFull();
                if (need == null) {
                    yield light(meters, extensions, beans);
                }
                log.info(
                        "Calls of gRPC clients are observed in full because {}"
                                + " (rpc.observation.client=light records the same meters at less cost)",
                        need);
                yield full(registry, extensions);
            }
        };
    }

    private static ObservationGrpcClientInterceptor none() {
        return new ObservationGrpcClientInterceptor(ObservationRegistry.NOOP);
    }

    private static ObservationGrpcClientInterceptor full(
            ObservationRegistry observations, ClientObservationExtensions extensions) {
        ObservationGrpcClientInterceptor interceptor = new ObservationGrpcClientInterceptor(observations);
        extensions.conventions().ifAvailable(interceptor::setCustomConvention);
        return interceptor;
    }

    private static ObservationGrpcClientInterceptor light(
            MeterRegistry meters, ClientObservationExtensions extensions, ListableBeanFactory beans) {
        if (!extensions.enabled()) {
            return none();
        }
        boolean active = true;
        for (MetricsProperties properties : beans.getBeanProvider(MetricsProperties.class)) {
            active &= !properties.getObservations().getIgnoredMeters().contains(IgnoredMeters.LONG_TASK_TIMER);
        }
        return new LightClientInterceptor(meters, extensions.common(), active);
    }
}
