/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.EndpointView;
import io.clusterrpc.observe.RpcMeter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * The pick counters of one reference: one for each address, and one for all that are too many. A counter lives as long as an
 * instance is behind it, so the number of meters is bounded whatever comes and goes.
 *
 * <p>Instances are added and removed by one thread at a time; counters are read by anyone.
 */
final class PeerPicks {

    static final String OTHER = "other";

    private final MeterRegistry registry;
    private final String reference;
    private final EndpointRegistry endpoints;
    private final int limit;
    private final Map<String, Peer> peers = new HashMap<>();
    private final Map<String, Peer> byInstance = new HashMap<>();

    PeerPicks(MeterRegistry registry, String reference, EndpointRegistry endpoints, int limit) {
        this.registry = registry;
        this.reference = reference;
        this.endpoints = endpoints;
        this.limit = limit;
    }

    synchronized void add(ServiceInstance instance) {
        if (byInstance.containsKey(instance.id())) {
            return;
        }
        String address = instance.address();
        int own = peers.size() - (peers.containsKey(OTHER) ? 1 : 0);
        String name = peers.containsKey(address) || own < limit ? address : OTHER;
        Peer peer = peers.computeIfAbsent(name, Peer::new);
        peer.add(instance.id());
        byInstance.put(instance.id(), peer);
    }

    synchronized void remove(ServiceInstance instance) {
        Peer peer = byInstance.remove(instance.id());
        if (peer != null && peer.remove(instance.id())) {
            peers.remove(peer.name);
            registry.remove(peer.counter);
        }
    }

    /**
     * What is counted under one address: an instance, or for a moment its predecessor as well. The sum is read and changed under
     * one lock, so no reader sees an instance neither among the present nor among those that left.
     */
    private final class Peer {

        private final String name;
        private final Map<String, Picks> instances = new HashMap<>();
        private final FunctionCounter counter;
        private double left;

        Peer(String name) {
            this.name = name;
            this.counter = FunctionCounter.builder(RpcMeter.PICKS.getName(), this, Peer::count)
                    .description(RpcMeter.PICKS.description())
                    .tag(RpcMeter.Tag.REFERENCE.asString(), reference)
                    .tag(RpcMeter.Tag.PEER.asString(), name)
                    .register(registry);
        }

        synchronized void add(String id) {
            instances.put(id, new Picks(id, endpoints));
        }

        /** Says whether nobody is left. */
        synchronized boolean remove(String id) {
            Picks picks = instances.remove(id);
            if (picks != null) {
                left += picks.count();
            }
            return instances.isEmpty();
        }

        private synchronized double count() {
            return left + instances.values().stream().mapToDouble(Picks::count).sum();
        }
    }

    /** The picks of one instance since it joined; keeps the last value when the registry has already forgotten it. */
    private static final class Picks {

        private final String id;
        private final EndpointRegistry endpoints;
        private final long before;
        private long last;

        Picks(String id, EndpointRegistry endpoints) {
            this.id = id;
            this.endpoints = endpoints;
            EndpointView view = endpoints.view(id);
            this.before = view == null ? 0 : view.picks();
            this.last = before;
        }

        double count() {
            EndpointView view = endpoints.view(id);
            if (view != null) {
                last = view.picks();
            }
            return last - before;
        }
    }
}
