/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A registry that says what the test tells it to say, on the test's thread. */
final class FakeRegistry implements DiscoveryBackend {

    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

    void tells(String service, Set<String> left, ServiceInstance... instances) {
        listeners.get(service).onInstances(List.of(instances), left);
    }

    void tells(String service, ServiceInstance... instances) {
        tells(service, Set.of(), instances);
    }

    void fails(String service) {
        listeners.get(service).onError(new DiscoveryException("the registry is down", null));
    }

    boolean watched(String service) {
        return listeners.containsKey(service);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        listeners.put(service, listener);
        return () -> listeners.remove(service);
    }

    @Override
    public Registration register(ServiceInstance instance) {
        throw new DiscoveryException("registers nobody", null);
    }

    @Override
    public Catalog catalog() {
        return null;
    }

    @Override
    public boolean loopbackOnly() {
        return true;
    }

    @Override
    public Duration noticeTime() {
        return Duration.ZERO;
    }

    @Override
    public void close() {}
}
