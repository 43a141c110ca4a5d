/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.EndpointState;
import io.clusterrpc.loadbalance.EndpointView;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.resilience.Members;
import io.grpc.MethodDescriptor;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The instances that the registry lists, that offer the gRPC service of a method, and that the route does not rule out. Thread-safe.
 *
 * @param source the registry's view
 * @param endpoints the connections
 * @param route what may get calls
 */
record ReferenceMembers(InstanceSource source, EndpointRegistry endpoints, RoutePolicy route) implements Members {

    @Override
    public @Nullable List<ServiceInstance> of(MethodDescriptor<?, ?> method) {
        ClusterSnapshot snapshot = source.snapshot();
        if (snapshot.source() == ClusterSnapshot.Source.UNKNOWN && snapshot.problem() == null) {
            return null;
        }
        String service = String.valueOf(method.getServiceName());
        Set<String> connected = endpoints.view().stream()
                .filter(endpoint -> endpoint.state() == EndpointState.READY)
                .map(EndpointView::instance)
                .map(ServiceInstance::id)
                .collect(Collectors.toSet());
        return snapshot.members().stream()
                .filter(ClusterSnapshot.Member::listed)
                .map(ClusterSnapshot.Member::instance)
                .filter(instance -> instance.offers(service) && route.excludes(instance) == null)
                .sorted(Comparator.comparing(instance -> !connected.contains(instance.id())))
                .toList();
    }
}
