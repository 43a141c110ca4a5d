/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.loadbalance.EndpointListener;

/**
 * Tells the stages of a reference that an instance is back after there was none, so that an open breaker need not wait. A further
 * instance that connects says nothing new.
 */
final class RecoveryWatch implements EndpointListener {

    private final Runnable recovered;

    RecoveryWatch(Runnable recovered) {
        this.recovered = recovered;
    }

    @Override
    public void recovered(String reference) {
        recovered.run();
    }
}
