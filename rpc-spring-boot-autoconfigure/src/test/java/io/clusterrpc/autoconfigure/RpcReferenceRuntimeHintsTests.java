/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.loadbalance.ClusterLoadBalancerProvider;
import io.clusterrpc.reference.ClusterNameResolverProvider;
import io.netty.channel.epoll.Epoll;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;

class RpcReferenceRuntimeHintsTests {

    @Test
    void areFoundByAheadOfTimeProcessing() {
        assertThat(AotServices.factories().load(RuntimeHintsRegistrar.class))
                .hasAtLeastOneElementOfType(RpcReferenceRuntimeHints.class);
    }

    @Test
    void keepsTheConstructorsOfRecordsThatAreBound() {
        RuntimeHints hints = new RuntimeHints();
        new RpcReferenceRuntimeHints().registerHints(hints, null);
        for (Class<?> type : List.of(
                RpcDiscoveryProperties.class,
                RpcDiscoveryProperties.DiskCache.class,
                RpcHealthProperties.class,
                RpcObservationProperties.class,
                RpcProviderProperties.class,
                RpcProviderProperties.Limit.class,
                RpcReferenceProperties.class,
                RpcReferenceProperties.ReferenceProperties.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructors()[0]))
                    .as(type.getName())
                    .accepts(hints);
        }
    }

    @Test
    void keepsWhatGrpcFindsByName() throws ReflectiveOperationException {
        RuntimeHints hints = new RuntimeHints();
        new RpcReferenceRuntimeHints().registerHints(hints, null);
        assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/services/io.grpc.NameResolverProvider"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/services/io.grpc.LoadBalancerProvider"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(ClusterNameResolverProvider.class.getConstructor()))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(ClusterLoadBalancerProvider.class.getConstructor()))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(Epoll.class)).accepts(hints);
    }
}
