/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.loadbalance.route.RoutePolicy;
import java.util.List;

/**
 * Leaves the instances that the route does not rule out: those in the own zone where that is strict, those with the wanted tags
 * where these are.
 */
record Within(RoutePolicy policy) implements Stage {

    @Override
    public List<ReadyEndpoint> narrow(List<ReadyEndpoint> endpoints, String grpcService) {
        for (ReadyEndpoint endpoint : endpoints) {
            if (policy.excludes(endpoint.instance()) != null) {
                return endpoints.stream()
                        .filter(candidate -> policy.excludes(candidate.instance()) == null)
                        .toList();
            }
        }
        return endpoints;
    }
}
