/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A registry in memory that does what a test tells it. Answers on the thread of the test. */
public final class MemoryDiscovery implements DiscoveryBackend {

    private final Map<String, ServiceInstance> instances = new TreeMap<>();
    private final List<Runnable> watches = new ArrayList<>();
    private final Set<String> left = new TreeSet<>();
    private final boolean withCatalog;
    private int watching;

    public MemoryDiscovery(boolean withCatalog) {
        this.withCatalog = withCatalog;
    }

    public synchronized void join(ServiceInstance instance) {
        left.remove(instance.id());
        instances.put(instance.id(), instance);
        tell();
    }

    public synchronized void leave(String id) {
        instances.remove(id);
        left.add(id);
        tell();
    }

    public synchronized int watching() {
        return watching;
    }

    private void tell() {
        List.copyOf(watches).forEach(Runnable::run);
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public synchronized Subscription watch(String service, Listener listener) {
        watching++;
        return add(
                () -> {
                    List<ServiceInstance> found = instances.values().stream()
                            .filter(instance -> instance.service().equals(service))
                            .toList();
                    listener.onInstances(found, Set.copyOf(left));
                },
                () -> watching--);
    }

    private Subscription add(Runnable watch, Runnable ended) {
        watches.add(watch);
        watch.run();
        return () -> {
            synchronized (this) {
                if (watches.remove(watch)) {
                    ended.run();
                }
            }
        };
    }

    @Override
    public Registration register(ServiceInstance instance) {
        throw new DiscoveryException("memory: registration is not part of this test", null);
    }

    @Override
    public @Nullable Catalog catalog() {
        return withCatalog ? this::watchCatalog : null;
    }

    private synchronized Subscription watchCatalog(String grpcService, Consumer<List<String>> listener) {
        return add(
                () -> {
                    Set<String> applications = new TreeSet<>();
                    instances.values().stream()
                            .filter(instance -> instance.grpcServices().contains(grpcService))
                            .forEach(instance -> applications.add(instance.service()));
                    listener.accept(List.copyOf(applications));
                },
                () -> {});
    }

    @Override
    public synchronized void close() {
        watches.clear();
    }
}
