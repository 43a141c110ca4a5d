/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.actuate.RpcHealth;
import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.reference.RpcReferences;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Auto-configuration of the health of registrations and references. */
@AutoConfiguration(
        after = RpcProviderAutoConfiguration.class,
        afterName = "io.clusterrpc.autoconfigure.RpcReferenceAutoConfiguration",
        beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("rpc")
public final class RpcHealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "rpcHealthContributor")
    CompositeHealthContributor rpcHealthContributor(
            ObjectProvider<RpcProvider> rpcProvider,
            ObjectProvider<RpcReferences> rpcReferences,
            Environment environment) {
        return RpcHealth.of(
                rpcProvider.getIfAvailable(),
                rpcReferences.getIfAvailable(),
                RpcHealthProperties.of(environment).references() == RpcHealthProperties.References.FAIL);
    }
}
