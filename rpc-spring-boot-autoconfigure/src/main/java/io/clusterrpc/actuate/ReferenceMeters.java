/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.EndpointListener;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.EndpointState;
import io.clusterrpc.loadbalance.EndpointView;
import io.clusterrpc.observe.RpcMeter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Registers {@link RpcMeter#INSTANCES}, {@link RpcMeter#CALLS_ACTIVE} and {@link RpcMeter#PICKS} for every reference in use
 * whose instances are discovered. The values are read when the meters are: nothing happens per call. Thread-safe.
 */
public final class ReferenceMeters implements EndpointListener {

    private final MeterRegistry registry;
    private final int maxInstances;
    private final ConcurrentMap<String, PeerPicks> references = new ConcurrentHashMap<>();

    /**
     * Creates the listener.
     *
     * @param registry where the meters are registered
     * @param maxInstances how many instances of one reference have a counter of their own
     */
    public ReferenceMeters(MeterRegistry registry, int maxInstances) {
        this.registry = registry;
        this.maxInstances = maxInstances;
    }

    @Override
    public void listening(String reference, EndpointRegistry endpoints) {
        references.put(reference, new PeerPicks(registry, reference, endpoints, maxInstances));
        Tags tags = Tags.of(RpcMeter.Tag.REFERENCE.asString(), reference);
        for (EndpointState state : EndpointState.values()) {
            Gauge.builder(RpcMeter.INSTANCES.getName(), endpoints, it -> count(it, state))
                    .description(RpcMeter.INSTANCES.description())
                    .tags(tags.and(RpcMeter.Tag.STATE.asString(), state.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
        Gauge.builder(RpcMeter.CALLS_ACTIVE.getName(), endpoints, ReferenceMeters::inFlight)
                .description(RpcMeter.CALLS_ACTIVE.description())
                .tags(tags)
                .register(registry);
    }

    private static double count(EndpointRegistry endpoints, EndpointState state) {
        return endpoints.view().stream()
                .filter(endpoint -> endpoint.state() == state)
                .count();
    }

    private static double inFlight(EndpointRegistry endpoints) {
        return endpoints.view().stream().mapToInt(EndpointView::inFlight).sum();
    }

    @Override
    public void added(String reference, ServiceInstance instance) {
        PeerPicks picks = references.get(reference);
        if (picks != null) {
            picks.add(instance);
        }
    }

    @Override
    public void removed(String reference, ServiceInstance instance, String reason) {
        PeerPicks picks = references.get(reference);
        if (picks != null) {
            picks.remove(instance);
        }
    }
}
