/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.actuate.RpcEndpoint;
import io.clusterrpc.actuate.RpcHealth;
import io.clusterrpc.actuate.RpcInfoContributor;
import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.reference.RpcReferences;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Auto-configuration of what operations see: the endpoint {@code rpc}, health and info. */
@AutoConfiguration(
        after = RpcProviderAutoConfiguration.class,
        afterName = "io.clusterrpc.autoconfigure.RpcReferenceAutoConfiguration",
        beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
public final class RpcActuatorAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ConditionalOnAvailableEndpoint.class, InfoContributor.class})
    static class EndpointConfiguration {

        @Bean
        @ConditionalOnAvailableEndpoint
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

        @Bean
        @ConditionalOnEnabledInfoContributor("rpc")
        RpcInfoContributor rpcInfoContributor(
                ObjectProvider<RpcProvider> provider, ObjectProvider<RpcReferences> references) {
            return new RpcInfoContributor(provider.getIfAvailable(), references.getIfAvailable());
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
}
