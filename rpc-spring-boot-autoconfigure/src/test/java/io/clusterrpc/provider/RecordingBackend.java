/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A registry in memory that remembers what it was told. */
public final class RecordingBackend implements DiscoveryBackend {

    private String assignedId;
    private final boolean loopbackOnly;
    private final Duration noticeTime;
    private final Map<String, ServiceInstance> registered = new ConcurrentHashMap<>();
    private final List<String> events = new CopyOnWriteArrayList<>();

    public RecordingBackend(boolean loopbackOnly, Duration noticeTime) {
        this.loopbackOnly = loopbackOnly;
        this.noticeTime = noticeTime;
    }

    /** What is registered now. */
    public List<ServiceInstance> registered() {
        return List.copyOf(registered.values());
    }

    /** What happened so far: {@code +port}, {@code -port}, {@code ~port}. */
    public List<String> events() {
        return events;
    }

    /** Lists the process by itself, under this id. */
    public void assign(String id) {
        assignedId = id;
    }

    @Override
    public String assignedId() {
        return assignedId;
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        return () -> {};
    }

    @Override
    public Registration register(ServiceInstance instance) {
        registered.put(instance.id(), instance);
        events.add("+" + instance.port());
        return new Registration() {
            @Override
            public void update(ServiceInstance changed) {
                registered.put(changed.id(), changed);
                events.add("~" + changed.port());
            }

            @Override
            public boolean registered() {
                return registered.containsKey(instance.id());
            }

            @Override
            public void close() {
                if (registered.remove(instance.id()) != null) {
                    events.add("-" + instance.port());
                }
            }
        };
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
    public void close() {
        registered.clear();
    }
}
