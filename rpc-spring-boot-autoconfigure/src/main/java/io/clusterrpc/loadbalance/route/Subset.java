/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

import io.clusterrpc.ServiceInstance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of a large cluster that one client connects to: the first few in an order of its own, which client and address alone
 * decide (rendezvous hashing, as in gRFC A68). So an instance that leaves is replaced by one other at the clients that used it,
 * one that joins replaces at most one at each client, nobody needs to know the other clients, and a restart at the same address
 * changes nothing.
 *
 * <p>Each group of instances between which calls may be routed (own zone and other zones, canaries and the rest), and within it each gRPC
 * service, has its own first few, so that no route ends for want of a connection. Drained instances come last. Immutable.
 *
 * @param size how many instances of each group, 0 for all
 * @param client what distinguishes this client from the others
 */
public record Subset(int size, String client) {

    /** The whole cluster. */
    public static final Subset WHOLE = new Subset(0, "");

    /** Checks the size. */
    public Subset {
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " (expected: 0 for all, or more)");
        }
    }

    /**
     * Whether there may be instances outside.
     *
     * @return {@code false} for the whole cluster
     */
    public boolean limits() {
        return size > 0;
    }

    /**
     * Chooses the instances to connect to.
     *
     * @param instances the whole cluster
     * @param policy how calls are routed
     * @return ids of the chosen; all if the cluster is not larger than the subset
     */
    public Set<String> of(List<ServiceInstance> instances, RoutePolicy policy) {
        if (!limits() || instances.size() <= size) {
            Set<String> all = new HashSet<>();
            instances.forEach(instance -> all.add(instance.id()));
            return all;
        }
        Set<String> services = new HashSet<>();
        List<Ranked> ranked = new ArrayList<>(instances.size());
        for (ServiceInstance instance : instances) {
            services.addAll(instance.grpcServices());
            if (policy.excludes(instance) == null) {
                ranked.add(new Ranked(instance, score(instance)));
            }
        }
        if (services.isEmpty()) {
            services.add("");
        }
        ranked.sort(Ranked.ORDER);
        Map<Place, Integer> taken = new HashMap<>();
        Set<String> chosen = new HashSet<>();
        for (Ranked next : ranked) {
            ServiceInstance instance = next.instance;
            for (String service : services) {
                if (instance.offers(service)
                        && taken.merge(
                                        new Place(policy.side(instance), policy.near(instance), service),
                                        1,
                                        Integer::sum)
                                <= size) {
                    chosen.add(instance.id());
                }
            }
        }
        return chosen;
    }

    /** FNV-1a over client and address, with the bits mixed at the end (the finalizer of MurmurHash3). */
    private long score(ServiceInstance instance) {
        long hash = mix(fnv(0xcbf29ce484222325L, client));
        return mix(fnv(hash, instance.address()));
    }

    private static long fnv(long start, String text) {
        long hash = start;
        for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (next & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    private static long mix(long bits) {
        long mixed = (bits ^ bits >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }

    private record Ranked(ServiceInstance instance, long score) {

        static final Comparator<Ranked> ORDER = Comparator.<Ranked, Boolean>comparing(it -> it.instance.weight() == 0)
                .thenComparingLong(Ranked::score)
                .thenComparing(it -> it.instance.id());
    }

    private record Place(Side side, boolean near, String service) {}
}
