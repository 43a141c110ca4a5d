/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.loadbalance.ClusterLoadBalancerProvider;
import io.clusterrpc.reference.ClusterNameResolverProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/** What is found by name at run time: our resolver and balancer by gRPC, the components of records by Boot. */
final class RpcReferenceRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        BindableRuntimeHintsRegistrar.forTypes(
                        RpcDiscoveryProperties.class,
                        RpcHealthProperties.class,
                        RpcObservationProperties.class,
                        RpcProviderProperties.class,
                        RpcReferenceProperties.class)
                .registerHints(hints);
        hints.resources().registerPattern("META-INF/services/io.grpc.NameResolverProvider");
        hints.resources().registerPattern("META-INF/services/io.grpc.LoadBalancerProvider");
        hints.reflection()
                .registerTypeIfPresent(classLoader, TransportThreads.EPOLL, hint -> {})
                .registerType(ClusterNameResolverProvider.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS)
                .registerType(ClusterLoadBalancerProvider.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
    }
}
