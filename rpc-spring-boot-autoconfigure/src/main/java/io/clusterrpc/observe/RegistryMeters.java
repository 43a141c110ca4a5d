/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import io.clusterrpc.ClusterListener;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Records {@link RpcMeter#REGISTRY_UPDATES}, {@link RpcMeter#REGISTRY_FAILURES}, {@link RpcMeter#REGISTRY_INSTANCES} and
 * {@link RpcMeter#REGISTRY_STALENESS} for every service followed in a registry. Thread-safe.
 */
public final class RegistryMeters implements ClusterListener {

    private record Key(String backend, String service) {}

    private final MeterRegistry registry;
    private final ConcurrentMap<Key, Watch> watches = new ConcurrentHashMap<>();

    /**
     * Creates the listener.
     *
     * @param registry where the meters are registered, and whose clock tells the age of a list
     */
    public RegistryMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void registryAnswered(String backend, String service, int instances) {
        watch(backend, service).answered(instances);
    }

    @Override
    public void registryFailed(String backend, String service) {
        watch(backend, service).failed();
    }

    private Watch watch(String backend, String service) {
        return watches.computeIfAbsent(new Key(backend, service), key -> new Watch(registry, key));
    }

    /** One service in one registry. */
    private static final class Watch {

        private final Clock clock;
        private final Counter updates;
        private final Counter failures;
        private volatile int instances;
        private volatile boolean failing;
        private volatile long failingSince;

        Watch(MeterRegistry registry, Key key) {
            clock = registry.config().clock();
            Tags tags = Tags.of(
                    RpcMeter.Tag.BACKEND.asString(), key.backend(), RpcMeter.Tag.SERVICE.asString(), key.service());
            updates = counter(registry, RpcMeter.REGISTRY_UPDATES, tags);
            failures = counter(registry, RpcMeter.REGISTRY_FAILURES, tags);
            Gauge.builder(RpcMeter.REGISTRY_INSTANCES.getName(), this, watch -> watch.instances)
                    .description(RpcMeter.REGISTRY_INSTANCES.description())
                    .tags(tags)
                    .register(registry);
            Gauge.builder(RpcMeter.REGISTRY_STALENESS.getName(), this, Watch::stalenessSeconds)
                    .description(RpcMeter.REGISTRY_STALENESS.description())
                    .baseUnit(RpcMeter.REGISTRY_STALENESS.getBaseUnit())
                    .tags(tags)
                    .register(registry);
        }

        private static Counter counter(MeterRegistry registry, RpcMeter meter, Tags tags) {
            return Counter.builder(meter.getName())
                    .description(meter.description())
                    .tags(tags)
                    .register(registry);
        }

        void answered(int count) {
            failing = false;
            instances = count;
            updates.increment();
        }

        void failed() {
            if (!failing) {
                failingSince = clock.monotonicTime();
                failing = true;
            }
            failures.increment();
        }

        /** A registry that pushes may be silent for hours and still be current: until the first failure its list is right. */
        double stalenessSeconds() {
            return failing ? (clock.monotonicTime() - failingSince) / (double) TimeUnit.SECONDS.toNanos(1) : 0;
        }
    }
}
