/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.EndpointListener;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.EndpointState;
import org.jspecify.annotations.Nullable;

/** Tells the stages of a reference that an instance is back after there was none, so that an open breaker need not wait. */
final class RecoveryWatch implements EndpointListener {

    private final EndpointRegistry endpoints;
    private final Runnable recovered;

    RecoveryWatch(EndpointRegistry endpoints, Runnable recovered) {
        this.endpoints = endpoints;
        this.recovered = recovered;
    }

    @Override
    public void stateChanged(String reference, ServiceInstance instance, EndpointState state, @Nullable String reason) {
        if (state == EndpointState.READY && readyInstances() == 1) {
            recovered.run();
        }
    }

    private long readyInstances() {
        return endpoints.view().stream()
                .filter(endpoint -> endpoint.state() == EndpointState.READY)
                .count();
    }
}
