/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/** A registry in memory. Each of its clients is another process, which can be cut off. */
final class FakeRegistry {

    private record Entry(String service, Object owner, ServiceInstance instance) {}

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    volatile boolean broken;

    FakeRegistry() {
        entries.put("something", entry("something", "something", this, Map.of()));
    }

    private static Entry entry(String service, String id, Object owner, Map<String, String> metadata) {
        return new Entry(service, owner, new DefaultServiceInstance(id, service, "192.0.2.9", 8080, false, metadata));
    }

    void check() {
        if (broken) {
            throw new IllegalStateException("connection refused");
        }
    }

    void remove(String id) {
        entries.remove(id);
    }

    DiscoveryClient client() {
        return new DiscoveryClient() {
            @Override
            public String description() {
                return "fake";
            }

            @Override
            public List<ServiceInstance> getInstances(String service) {
                check();
                return entries.values().stream()
                        .filter(entry -> entry.service().equals(service))
                        .map(Entry::instance)
                        .toList();
            }

            @Override
            public List<String> getServices() {
                check();
                return new ArrayList<>(
                        entries.values().stream().map(Entry::service).distinct().toList());
            }
        };
    }

    /** Registers any number of instances, unlike what an application has. */
    final class Process implements Registrar {

        volatile boolean cut;

        @Override
        public void register(io.clusterrpc.ServiceInstance instance) {
            if (cut) {
                throw new IllegalStateException("cut off");
            }
            check();
            entries.put(
                    instance.service() + "/" + instance.id(),
                    entry(instance.service(), instance.id(), this, RegistrationRecord.write(instance)));
        }

        @Override
        public void deregister(io.clusterrpc.ServiceInstance instance) {
            check();
            entries.remove(instance.service() + "/" + instance.id());
        }

        @Override
        public boolean single() {
            return false;
        }

        @Override
        public String obstacle() {
            return "";
        }

        /** What a registry does when nobody renews a lease. */
        void expire() {
            entries.values().removeIf(entry -> entry.owner() == this);
        }
    }
}
