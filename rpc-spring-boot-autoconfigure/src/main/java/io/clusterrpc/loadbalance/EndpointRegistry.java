/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one reference and what happened at each. It outlives the balancer: when gRPC lets the channel rest it throws
 * the balancer with all connections away, and the next call makes a new one, which finds figures, averages and the time since
 * which an instance is known as they were. An instance that left is remembered for ten minutes, in case it comes back.
 *
 * <p>Thread-safe. Nothing to close.
 */
public final class EndpointRegistry {

    static final Duration REMEMBERED = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(EndpointRegistry.class);

    private final String reference;
    private final LongSupplier nanoTime;
    private final Map<String, EndpointRecord> present = new ConcurrentHashMap<>();
    private final Map<String, EndpointRecord> gone = new HashMap<>();
    private final List<EndpointListener> listeners = new CopyOnWriteArrayList<>();

    /**
     * Creates an empty registry.
     *
     * @param reference name of the reference
     */
    public EndpointRegistry(String reference) {
        this(reference, System::nanoTime);
    }

    EndpointRegistry(String reference, LongSupplier nanoTime) {
        this.reference = reference;
        this.nanoTime = nanoTime;
        this.listeners.add(new TransitionLog());
    }

    /**
     * Adds a listener, which hears of changes from now on.
     *
     * @param listener the listener
     * @return ends it
     */
    public Subscription listen(EndpointListener listener) {
        listeners.add(listener);
        tell(listener, it -> it.listening(reference, this));
        return () -> listeners.remove(listener);
    }

    /**
     * What is known now.
     *
     * @return an immutable list sorted by instance id
     */
    public List<EndpointView> view() {
        return present.values().stream()
                .map(EndpointRecord::view)
                .sorted(Comparator.comparing(view -> view.instance().id()))
                .toList();
    }

    /**
     * What is known of one instance: also of one that left, as long as it is remembered, so that its last calls can be counted.
     *
     * @param id id of the instance
     * @return {@code null} if it never was part of the cluster, or left long ago
     */
    public @Nullable EndpointView view(String id) {
        EndpointRecord endpoint = present.get(id);
        if (endpoint == null) {
            synchronized (gone) {
                endpoint = gone.get(id);
            }
        }
        return endpoint == null ? null : endpoint.view();
    }

    EndpointRecord join(ServiceInstance instance, boolean listed) {
        EndpointRecord known = present.get(instance.id());
        if (known != null) {
            known.describe(instance, listed);
            return known;
        }
        EndpointRecord joined;
        synchronized (gone) {
            EndpointRecord remembered = gone.remove(instance.id());
            joined = remembered != null ? remembered : new EndpointRecord(instance, listed, nanoTime.getAsLong());
        }
        joined.describe(instance, listed);
        joined.become(EndpointState.IDLE, null);
        present.put(instance.id(), joined);
        tell(listener -> listener.added(reference, instance));
        return joined;
    }

    /** Tells the listeners of the state that an endpoint has. */
    void announce(EndpointRecord endpoint, @Nullable String reason) {
        ServiceInstance instance = endpoint.instance();
        EndpointState state = endpoint.state();
        tell(listener -> listener.stateChanged(reference, instance, state, reason));
    }

    void leave(String id, String reason) {
        EndpointRecord left = present.remove(id);
        if (left != null) {
            synchronized (gone) {
                left.gone(nanoTime.getAsLong());
                gone.put(id, left);
            }
            tell(listener -> listener.removed(reference, left.instance(), reason));
        }
    }

    /** Lets all others leave, also those that an earlier balancer of the reference left behind. */
    void retain(Set<String> ids) {
        for (String id : new ArrayList<>(present.keySet())) {
            if (!ids.contains(id)) {
                leave(id, "not in the cluster any more");
            }
        }
        synchronized (gone) {
            long now = nanoTime.getAsLong();
            gone.values().removeIf(left -> left.forgettable(now, REMEMBERED.toNanos()));
        }
    }

    private void tell(Consumer<EndpointListener> event) {
        listeners.forEach(listener -> tell(listener, event));
    }

    private void tell(EndpointListener listener, Consumer<EndpointListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            log.warn("{}: endpoint listener {} failed", reference, listener, e);
        }
    }
}
