/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.util.List;

/** Leaves the instances that offer the gRPC service, or do not say what they offer: in a rolling upgrade not all do. */
record OffersService() implements Stage {

    @Override
    public List<ReadyEndpoint> narrow(List<ReadyEndpoint> endpoints, String grpcService) {
        for (ReadyEndpoint endpoint : endpoints) {
            if (!endpoint.instance().offers(grpcService)) {
                return endpoints.stream()
                        .filter(candidate -> candidate.instance().offers(grpcService))
                        .toList();
            }
        }
        return endpoints;
    }
}
