/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A registry in memory whose instances come and go; each has a port, which is used again long after it became free. */
public final class ScaleRegistry implements DiscoveryBackend {

    private final Map<String, ServiceInstance> instances = new LinkedHashMap<>();
    private final Queue<Integer> free = new ArrayDeque<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private int joined;

    /**
     * Makes an empty registry.
     *
     * @param ports for instances, none twice at a time
     */
    public ScaleRegistry(List<Integer> ports) {
        free.addAll(ports);
    }

    /**
     * How many ever joined.
     *
     * @return a count
     */
    public synchronized int joined() {
        return joined;
    }

    /**
     * Instances join.
     *
     * @param count how many
     */
    public synchronized void join(int count) {
        for (int i = 0; i < count; i++) {
            joined++;
            ServiceInstance instance = ServiceInstance.builder("orders", "i" + joined, "127.0.0.1", free.remove())
                    .build();
            instances.put(instance.id(), instance);
        }
        tell(Set.of());
    }

    /** The oldest leaves, as one that deregisters does, and a new one joins. */
    public synchronized void replaceOne() {
        Iterator<ServiceInstance> oldestFirst = instances.values().iterator();
        ServiceInstance oldest = oldestFirst.next();
        oldestFirst.remove();
        free.add(oldest.port());
        tell(Set.of(oldest.id()));
        join(1);
    }

    private void tell(Set<String> left) {
        List<ServiceInstance> all = List.copyOf(instances.values());
        listeners.forEach(listener -> listener.onInstances(all, left));
    }

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public synchronized Subscription watch(String service, Listener listener) {
        listeners.add(listener);
        listener.onInstances(List.copyOf(instances.values()), Set.of());
        return () -> listeners.remove(listener);
    }

    @Override
    public Registration register(ServiceInstance instance) {
        throw new DiscoveryException("scale: registration is not part of this experiment", null);
    }

    @Override
    public void close() {
        listeners.clear();
    }
}
