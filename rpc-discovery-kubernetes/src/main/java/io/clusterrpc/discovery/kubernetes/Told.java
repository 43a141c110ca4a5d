/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend.Listener;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one listener what changed since it was told last. Kubernetes does not say when an instance became ready, so whoever joins while we
 * watch started when we heard of it; for whoever was there before, the start is unknown. Owned by the event loop.
 */
final class Told {

    private static final Logger logger = LoggerFactory.getLogger(Told.class);

    private final String service;
    private final Listener listener;
    private final InstantSource clock;
    private final BooleanSupplier closed;
    private Map<String, Instant> starts = new HashMap<>();
    private Set<String> leaving = Set.of();
    private boolean everTold;
    private @Nullable List<ServiceInstance> last;

    Told(String service, Listener listener, InstantSource clock, BooleanSupplier closed) {
        this.service = service;
        this.listener = listener;
        this.clock = clock;
        this.closed = closed;
    }

    void tell(Listing listing) {
        List<ServiceInstance> instances = started(listing.instances());
        Set<String> left = new HashSet<>(listing.leaving());
        left.removeAll(leaving);
        leaving = listing.leaving();
        if (left.isEmpty() && instances.equals(last)) {
            return;
        }
        everTold = true;
        last = instances;
        guarded(() -> listener.onInstances(instances, left));
    }

    void failed(DiscoveryException problem) {
        // What comes after a failure is news even if it is what was known before.
        last = null;
        guarded(() -> listener.onError(problem));
    }

    private List<ServiceInstance> started(List<ServiceInstance> listed) {
        Instant start = everTold ? clock.instant() : Instant.EPOCH;
        Map<String, Instant> known = new HashMap<>();
        List<ServiceInstance> instances = new ArrayList<>(listed.size());
        for (ServiceInstance instance : listed) {
            Instant since = starts.getOrDefault(instance.id(), start);
            known.put(instance.id(), since);
            instances.add(
                    since.equals(Instant.EPOCH)
                            ? instance
                            : instance.toBuilder().startTime(since).build());
        }
        starts = known;
        return List.copyOf(instances);
    }

    private void guarded(Runnable call) {
        if (closed.getAsBoolean()) {
            return;
        }
        try {
            call.run();
        } catch (Throwable ex) {
            // Also an AssertionError: one listener must not take the others' thread away.
            logger.warn("A discovery listener for {} failed", service, ex);
        }
    }
}
