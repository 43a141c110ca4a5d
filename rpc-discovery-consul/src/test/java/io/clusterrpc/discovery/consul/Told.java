/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Keeps what a listener was told. */
final class Told implements DiscoveryBackend.Listener {

    final List<List<ServiceInstance>> lists = new CopyOnWriteArrayList<>();
    final List<String> problems = new CopyOnWriteArrayList<>();

    @Override
    public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
        lists.add(List.copyOf(instances));
    }

    @Override
    public void onError(DiscoveryException problem) {
        problems.add(String.valueOf(problem.getMessage()));
    }

    List<String> ids() {
        return lists.isEmpty()
                ? List.of()
                : lists.get(lists.size() - 1).stream().map(ServiceInstance::id).toList();
    }

    static ConditionFactory eventually() {
        return Awaitility.await().atMost(20, TimeUnit.SECONDS).pollInterval(2, TimeUnit.MILLISECONDS);
    }
}
