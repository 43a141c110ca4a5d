/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one backend said about one service, and what vanished from its list. Not thread-safe: owned by a {@link Roster}. */
final class BackendList {

    private record Vanished(ServiceInstance instance, long sinceNanos) {}

    private final String backend;
    private Map<String, ServiceInstance> listed = Map.of();
    private final Map<String, Vanished> vanished = new LinkedHashMap<>();
    private Source source = Source.UNKNOWN;
    private Instant asOf = Instant.EPOCH;
    private @Nullable String problem;

    BackendList(String backend) {
        this.backend = backend;
    }

    String backend() {
        return backend;
    }

    Source source() {
        return source;
    }

    Instant asOf() {
        return asOf;
    }

    @Nullable
    String problem() {
        return problem;
    }

    Map<String, ServiceInstance> listed() {
        return listed;
    }

    Collection<ServiceInstance> vanished() {
        List<ServiceInstance> instances = new ArrayList<>(vanished.size());
        for (Vanished gone : vanished.values()) {
            instances.add(gone.instance());
        }
        return instances;
    }

    /** Starts with the list of an earlier run, unless the backend was faster. */
    void seed(KnownList known) {
        if (source == Source.UNKNOWN) {
            listed = byId(known.instances());
            source = Source.DISK;
            asOf = known.asOf();
        }
    }

    void answered(Collection<ServiceInstance> instances, Set<String> left, long nowNanos, Instant now) {
        Map<String, ServiceInstance> before = listed;
        listed = byId(instances);
        for (ServiceInstance instance : before.values()) {
            if (!listed.containsKey(instance.id()) && !left.contains(instance.id())) {
                vanished.put(instance.id(), new Vanished(instance, nowNanos));
            }
        }
        vanished.keySet().removeAll(listed.keySet());
        source = Source.LIVE;
        asOf = now;
        problem = null;
    }

    /** A registry that pushes may be silent for long and still be current: until the first failure its list was right. */
    void failed(String why, Instant now) {
        problem = why;
        if (source == Source.LIVE) {
            source = Source.LAST_KNOWN;
            asOf = now;
        }
    }

    void forget(String id) {
        vanished.remove(id);
    }

    void forgetVanishedBefore(long nanos) {
        vanished.values().removeIf(gone -> gone.sinceNanos() - nanos <= 0);
    }

    /** When the first of those vanished did so, {@code null} if none is remembered. */
    @Nullable
    Long oldestVanishedNanos() {
        return vanished.isEmpty() ? null : vanished.values().iterator().next().sinceNanos();
    }

    /** What is worth keeping for the next run: an instance that merely vanished may well be alive. */
    KnownList known() {
        List<ServiceInstance> instances = new ArrayList<>(listed.values());
        instances.addAll(vanished());
        return new KnownList(asOf, instances);
    }

    /** One instance an id: if a registry lists an id twice, the newest start is the true one. */
    private static Map<String, ServiceInstance> byId(Collection<ServiceInstance> instances) {
        Map<String, ServiceInstance> byId = new LinkedHashMap<>();
        for (ServiceInstance instance : instances) {
            ServiceInstance other = byId.get(instance.id());
            if (other == null || !instance.startTime().isBefore(other.startTime())) {
                byId.put(instance.id(), instance);
            }
        }
        return byId;
    }
}
