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
import io.clusterrpc.loadbalance.HashFigures;
import io.clusterrpc.loadbalance.ZoneFigures;
import io.clusterrpc.loadbalance.ejection.EjectionReason;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import io.clusterrpc.observe.RpcMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.ToDoubleFunction;

/**
 * Registers {@link RpcMeter#INSTANCES}, {@link RpcMeter#CALLS_ACTIVE}, {@link RpcMeter#PICKS}, {@link RpcMeter#ZONE_PICKS}, the meters of ejection, what
 * {@code consistent-hash} counts and {@link RpcMeter#LOAD_REPORTS_IGNORED} for every reference in use whose instances are
 * discovered. The values are read when the meters are: nothing happens per call. Thread-safe.
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
        Gauge.builder(RpcMeter.INSTANCES_EJECTED.getName(), endpoints, ReferenceMeters::ejected)
                .description(RpcMeter.INSTANCES_EJECTED.description())
                .tags(tags)
                .register(registry);
        for (EjectionReason reason : EjectionReason.values()) {
            counter(RpcMeter.EJECTIONS, reference, RpcMeter.Tag.REASON, lowerCase(reason));
        }
        zoned("own", endpoints, tags, ZoneFigures::own);
        zoned("other", endpoints, tags, ZoneFigures::other);
        hashed(RpcMeter.HASH_KEYLESS, endpoints, tags, HashFigures::keyless);
        hashed(RpcMeter.HASH_SPILLED, endpoints, tags, HashFigures::spilled);
        FunctionCounter.builder(
                        RpcMeter.LOAD_REPORTS_IGNORED.getName(), endpoints, EndpointRegistry::ignoredLoadReports)
                .description(RpcMeter.LOAD_REPORTS_IGNORED.description())
                .tags(tags)
                .register(registry);
    }

    @Override
    public void ejected(String reference, ServiceInstance instance, EjectionView ejection) {
        counter(RpcMeter.EJECTIONS, reference, RpcMeter.Tag.REASON, lowerCase(ejection.reason()))
                .increment();
    }

    @Override
    public void probed(String reference, ServiceInstance instance, boolean alive) {
        counter(RpcMeter.PROBES, reference, RpcMeter.Tag.ALIVE, String.valueOf(alive))
                .increment();
    }

    private Counter counter(RpcMeter meter, String reference, RpcMeter.Tag tag, String value) {
        return Counter.builder(meter.getName())
                .description(meter.description())
                .tags(RpcMeter.Tag.REFERENCE.asString(), reference, tag.asString(), value)
                .register(registry);
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static double ejected(EndpointRegistry endpoints) {
        return endpoints.view().stream()
                .filter(endpoint -> endpoint.ejection() != null)
                .count();
    }

    private void hashed(RpcMeter meter, EndpointRegistry endpoints, Tags tags, ToDoubleFunction<HashFigures> count) {
        FunctionCounter.builder(meter.getName(), endpoints, it -> count.applyAsDouble(it.hashFigures()))
                .description(meter.description())
                .tags(tags)
                .register(registry);
    }

    private void zoned(String zone, EndpointRegistry endpoints, Tags tags, ToDoubleFunction<ZoneFigures> count) {
        FunctionCounter.builder(RpcMeter.ZONE_PICKS.getName(), endpoints, it -> count.applyAsDouble(it.zoneFigures()))
                .description(RpcMeter.ZONE_PICKS.description())
                .tags(tags.and(RpcMeter.Tag.ZONE.asString(), zone))
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
