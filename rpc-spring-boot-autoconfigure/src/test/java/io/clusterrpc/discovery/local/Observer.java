/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Notes when it was told that an instance joined and that it left. */
final class Observer implements DiscoveryBackend.Listener {

    private final Map<String, Long> joined = new ConcurrentHashMap<>();
    private final Map<String, Long> left = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> latches = new ConcurrentHashMap<>();
    private final Set<String> listed = ConcurrentHashMap.newKeySet();

    @Override
    public void onInstances(Collection<ServiceInstance> instances, Set<String> gone) {
        long now = System.nanoTime();
        Set<String> ids = new HashSet<>();
        instances.forEach(instance -> ids.add(instance.id()));
        listed.addAll(ids);
        listed.retainAll(ids);
        ids.forEach(id -> note(joined, "+" + id, id, now));
        gone.forEach(id -> note(left, "-" + id, id, now));
    }

    @Override
    public void onError(DiscoveryException problem) {
        throw problem;
    }

    private void note(Map<String, Long> times, String event, String id, long now) {
        if (times.putIfAbsent(id, now) == null) {
            latch(event).countDown();
        }
    }

    private CountDownLatch latch(String event) {
        return latches.computeIfAbsent(event, unused -> new CountDownLatch(1));
    }

    long joined(String id) throws IOException {
        return await("+" + id, joined, id);
    }

    long left(String id) throws IOException {
        return await("-" + id, left, id);
    }

    Set<String> listed() {
        return Set.copyOf(listed);
    }

    private long await(String event, Map<String, Long> times, String id) throws IOException {
        try {
            if (!latch(event).await(20, TimeUnit.SECONDS)) {
                throw new IOException("never told: " + event);
            }
            return times.get(id);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IOException(ex);
        }
    }
}
