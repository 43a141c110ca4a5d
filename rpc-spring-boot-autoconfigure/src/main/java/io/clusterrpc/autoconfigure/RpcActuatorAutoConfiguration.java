/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.actuate.RpcEndpoint;
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
import org.springframework.context.annotation.Bean;

/** Auto-configuration of what operations see: the endpoint {@code rpc}, and info. */
@AutoConfiguration(
        after = RpcProviderAutoConfiguration.class,
        afterName = "io.clusterrpc.autoconfigure.RpcReferenceAutoConfiguration")
@ConditionalOnClass({ConditionalOnAvailableEndpoint.class, InfoContributor.class})
public final class RpcActuatorAutoConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint
    RpcEndpoint rpcEndpoint(
            ObjectProvider<RpcProvider> rpcProvider,
            ObjectProvider<RpcReferences> rpcReferences,
            ObjectProvider<LoadShedder> rpcLoadShedder) {
        return new RpcEndpoint(
                rpcProvider.getIfAvailable(),
                rpcReferences.getIfAvailable(),
                rpcLoadShedder.getIfAvailable(),
                InstantSource.system());
    }

    @Bean
    @ConditionalOnEnabledInfoContributor("rpc")
    RpcInfoContributor rpcInfoContributor(
            ObjectProvider<RpcProvider> rpcProvider, ObjectProvider<RpcReferences> rpcReferences) {
        return new RpcInfoContributor(rpcProvider.getIfAvailable(), rpcReferences.getIfAvailable());
    }
}
