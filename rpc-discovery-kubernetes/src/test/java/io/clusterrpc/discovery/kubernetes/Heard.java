/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

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
final class Heard implements DiscoveryBackend.Listener {

    final List<List<ServiceInstance>> lists = new CopyOnWriteArrayList<>();
    final List<Set<String>> left = new CopyOnWriteArrayList<>();
    final List<String> problems = new CopyOnWriteArrayList<>();
    volatile long at;

    @Override
    public void onInstances(Collection<ServiceInstance> instances, Set<String> gone) {
        at = System.nanoTime();
        left.add(Set.copyOf(gone));
        lists.add(List.copyOf(instances));
    }

    @Override
    public void onError(DiscoveryException problem) {
        problems.add(String.valueOf(problem.getMessage()));
    }

    List<ServiceInstance> last() {
        return lists.isEmpty() ? List.of() : lists.get(lists.size() - 1);
    }

    List<String> addresses() {
        return last().stream().map(ServiceInstance::address).toList();
    }

    static ConditionFactory eventually() {
        return Awaitility.await().atMost(20, TimeUnit.SECONDS).pollInterval(2, TimeUnit.MILLISECONDS);
    }
}
