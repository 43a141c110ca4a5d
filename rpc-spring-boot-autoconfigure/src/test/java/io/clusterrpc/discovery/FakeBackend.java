/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A registry that says what the test tells it to say, on the test's thread. */
final class FakeBackend implements DiscoveryBackend {

    private final String name;
    private final Map<String, List<Listener>> watches = new ConcurrentHashMap<>();
    final List<ServiceInstance> registered = new CopyOnWriteArrayList<>();
    final Map<String, Consumer<List<String>>> catalogs = new ConcurrentHashMap<>();
    boolean registers = true;
    boolean hasCatalog;
    boolean loopbackOnly;
    Duration noticeTime = Duration.ofSeconds(1);
    volatile boolean holds = true;
    int watchesStarted;
    String assignedId;

    FakeBackend(String name) {
        this.name = name;
    }

    void tells(String service, ServiceInstance... instances) {
        tells(service, Set.of(), instances);
    }

    void tells(String service, Set<String> left, ServiceInstance... instances) {
        listeners(service).forEach(listener -> listener.onInstances(List.of(instances), left));
    }

    void fails(String service, String problem) {
        listeners(service).forEach(listener -> listener.onError(new DiscoveryException(problem, null)));
    }

    int watches(String service) {
        return listeners(service).size();
    }

    private List<Listener> listeners(String service) {
        return watches.getOrDefault(service, List.of());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        watchesStarted++;
        watches.computeIfAbsent(service, unused -> new CopyOnWriteArrayList<>()).add(listener);
        return () -> new ArrayList<>(listeners(service)).forEach(each -> {
            if (each == listener) {
                listeners(service).remove(each);
            }
        });
    }

    @Override
    public Registration register(ServiceInstance instance) {
        if (!registers) {
            throw new DiscoveryException(name + " cannot register", null);
        }
        registered.add(instance);
        return new Registration() {
            @Override
            public void update(ServiceInstance next) {
                registered.replaceAll(each -> each.id().equals(next.id()) ? next : each);
            }

            @Override
            public boolean registered() {
                return holds;
            }

            @Override
            public void close() {
                registered.removeIf(each -> each.id().equals(instance.id()));
            }
        };
    }

    @Override
    public Catalog catalog() {
        if (!hasCatalog) {
            return null;
        }
        return (grpcService, listener) -> {
            catalogs.put(grpcService, listener);
            return () -> catalogs.remove(grpcService);
        };
    }

    @Override
    public String assignedId() {
        return assignedId;
    }

    @Override
    public boolean loopbackOnly() {
        return loopbackOnly;
    }

    @Override
    public Duration noticeTime() {
        return noticeTime;
    }

    @Override
    public void close() {}
}
