/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.actuate.LoadMeters;
import io.clusterrpc.actuate.ReferenceMeters;
import io.clusterrpc.actuate.RpcEndpoint;
import io.clusterrpc.actuate.RpcHealth;
import io.clusterrpc.actuate.RpcInfoContributor;
import io.clusterrpc.actuate.ThreadMeters;
import io.clusterrpc.observe.BreakerMeters;
import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.provider.limit.HandlerThreads;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.reference.RpcReferences;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Auto-configuration of what operations see: the endpoint {@code rpc}, health, info, and the gauges of references. */
@AutoConfiguration(
        after = {RpcObservationAutoConfiguration.class, RpcProviderAutoConfiguration.class},
        afterName = {
            "io.clusterrpc.autoconfigure.RpcReferenceAutoConfiguration",
            "io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration"
        },
        beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
public final class RpcActuatorAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    @ConditionalOnAvailableEndpoint(RpcEndpoint.class)
    static class EndpointConfiguration {

        @Bean
        @ConditionalOnMissingBean
        RpcEndpoint rpcEndpoint(
                ObjectProvider<RpcProvider> provider,
                ObjectProvider<RpcReferences> references,
                ObjectProvider<LoadShedder> shedder) {
            return new RpcEndpoint(
                    provider.getIfAvailable(),
                    references.getIfAvailable(),
                    shedder.getIfAvailable(),
                    InstantSource.system());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
    @ConditionalOnEnabledHealthIndicator("rpc")
    @EnableConfigurationProperties(RpcHealthProperties.class)
    static class HealthConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "rpcHealthContributor")
        CompositeHealthContributor rpcHealthContributor(
                ObjectProvider<RpcProvider> provider,
                ObjectProvider<RpcReferences> references,
                RpcHealthProperties properties) {
            return RpcHealth.of(
                    provider.getIfAvailable(),
                    references.getIfAvailable(),
                    properties.references() == RpcHealthProperties.References.FAIL);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({InfoContributor.class, ConditionalOnEnabledInfoContributor.class})
    @ConditionalOnEnabledInfoContributor("rpc")
    static class InfoConfiguration {

        @Bean
        @ConditionalOnMissingBean
        RpcInfoContributor rpcInfoContributor(
                ObjectProvider<RpcProvider> provider, ObjectProvider<RpcReferences> references) {
            return new RpcInfoContributor(provider.getIfAvailable(), references.getIfAvailable());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(MeterRegistry.class)
    @EnableConfigurationProperties(RpcObservationProperties.class)
    static class MeterConfiguration {

        @Bean
        @ConditionalOnMissingBean
        ReferenceMeters rpcReferenceMeters(MeterRegistry registry, RpcObservationProperties properties) {
            return new ReferenceMeters(registry, properties.maxInstances());
        }

        @Bean
        @ConditionalOnBean(LoadShedder.class)
        LoadMeters rpcLoadMeters(LoadShedder shedder) {
            return new LoadMeters(shedder);
        }

        @Bean
        @ConditionalOnBean(HandlerThreads.class)
        ThreadMeters rpcThreadMeters(HandlerThreads threads) {
            return new ThreadMeters(threads);
        }

        @Bean
        @ConditionalOnBean({CircuitBreakerRegistry.class, RpcReferences.class})
        MeterBinder rpcBreakerMeters(CircuitBreakerRegistry breakers, RpcReferences references) {
            return registry -> new BreakerMeters(registry, name -> isReference(references, name)).bindTo(breakers);
        }

        private static boolean isReference(RpcReferences references, String name) {
            return references.states().stream()
                    .anyMatch(state -> name.equals(state.name()) || name.startsWith(state.name() + '.'));
        }
    }
}
