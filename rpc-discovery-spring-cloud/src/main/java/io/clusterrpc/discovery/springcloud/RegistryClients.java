/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;

/**
 * Every registry of the application as one. All of them are asked, since a service may be moving from one to the other, and one that fails
 * makes the whole answer fail: what it lists would be missing. Blocks; thread-safe as far as the clients are.
 */
final class RegistryClients {

    private final List<DiscoveryClient> clients;

    RegistryClients(List<DiscoveryClient> clients) {
        this.clients = List.copyOf(clients);
    }

    /** What is listed for a service. */
    List<ServiceInstance> instances(String service) {
        List<ServiceInstance> instances = new ArrayList<>();
        for (DiscoveryClient client : clients) {
            List<ServiceInstance> listed = client.getInstances(service);
            if (listed != null) {
                instances.addAll(listed);
            }
        }
        return instances;
    }

    Set<String> services() {
        Set<String> services = new LinkedHashSet<>();
        for (DiscoveryClient client : clients) {
            List<String> listed = client.getServices();
            if (listed != null) {
                services.addAll(listed);
            }
        }
        return services;
    }

    /**
     * Names a client that seems to see nothing at all: some return an empty list when they cannot reach their registry, or have not yet.
     * What an application's own properties list cannot be out of reach.
     *
     * @return its description, empty if there is none
     */
    String blind() {
        for (DiscoveryClient client : clients) {
            if (client instanceof SimpleDiscoveryClient) {
                continue;
            }
            List<String> services = client.getServices();
            if (services == null || services.isEmpty()) {
                return client.description();
            }
        }
        return "";
    }

    boolean none() {
        return clients.isEmpty();
    }

    @Override
    public String toString() {
        return clients.stream().map(DiscoveryClient::description).toList().toString();
    }
}
