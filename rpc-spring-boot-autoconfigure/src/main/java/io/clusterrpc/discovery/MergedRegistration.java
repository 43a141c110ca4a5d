/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import java.util.List;

/** One instance announced with several backends. */
final class MergedRegistration implements DiscoveryBackend.Registration {

    private final List<DiscoveryBackend.Registration> registrations;

    MergedRegistration(List<DiscoveryBackend.Registration> registrations) {
        this.registrations = List.copyOf(registrations);
    }

    @Override
    public void update(ServiceInstance instance) {
        registrations.forEach(registration -> registration.update(instance));
    }

    @Override
    public boolean registered() {
        return !registrations.isEmpty() && registrations.stream().allMatch(DiscoveryBackend.Registration::registered);
    }

    @Override
    public void close() {
        registrations.forEach(DiscoveryBackend.Registration::close);
    }
}
