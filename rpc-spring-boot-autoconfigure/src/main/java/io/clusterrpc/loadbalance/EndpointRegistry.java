/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one reference and what happened at each. It outlives the balancer: when gRPC lets the channel rest it throws
 * the balancer with all connections away, and the next call makes a new one, which finds figures, averages and the time since
 * which an instance is known as they were. An instance that left is remembered for ten minutes, in case it comes back, unless a
 * thousand others left after it.
 *
 * <p>Thread-safe. Nothing to close.
 */
public final class EndpointRegistry {

    static final Duration REMEMBERED = Duration.ofMinutes(10);
    static final int MOST_REMEMBERED = 1_000;

    private static final Logger log = LoggerFactory.getLogger(EndpointRegistry.class);

    private final String reference;
    private final LongSupplier nanoTime;
    private final Map<String, EndpointRecord> present = new ConcurrentHashMap<>();
    private final AtomicInteger readyInstances = new AtomicInteger();
    private final LoadReportReader reports;
    /** In the order in which they left. */
    private final Map<String, EndpointRecord> gone = new LinkedHashMap<>();

    private final HashFigures hashFigures = new HashFigures();
    private final ZoneFigures zoneFigures = new ZoneFigures();
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
        this.reports = new LoadReportReader(reference);
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

    /**
     * How many instances are connected now. Takes no longer with more instances.
     *
     * @return the number of instances whose state is {@link EndpointState#READY}
     */
    public int readyInstances() {
        return readyInstances.get();
    }

    /**
     * What {@code consistent-hash} counts.
     *
     * @return live figures, 0 for other algorithms
     */
    public HashFigures hashFigures() {
        return hashFigures;
    }

    /**
     * How many calls stayed in the own zone.
     *
     * @return live figures, 0 where zones do not matter
     */
    public ZoneFigures zoneFigures() {
        return zoneFigures;
    }

    /**
     * How many reports of load were ignored because they could not be read or could not be true.
     *
     * @return a count since the registry was made
     */
    public long ignoredLoadReports() {
        return reports.ignored();
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
            joined = remembered != null
                    ? remembered
                    : new EndpointRecord(instance, listed, nanoTime.getAsLong(), readyInstances, reports);
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
        boolean first = endpoint.takeFirstReady();
        tell(listener -> listener.stateChanged(reference, instance, state, reason));
        if (first) {
            tell(listener -> listener.recovered(reference));
        }
    }

    void announceEjected(EndpointRecord endpoint, EjectionView ejection) {
        tell(listener -> listener.ejected(reference, endpoint.instance(), ejection));
    }

    void announceReturned(EndpointRecord endpoint) {
        tell(listener -> listener.returned(reference, endpoint.instance()));
    }

    void announceProbed(EndpointRecord endpoint, boolean alive) {
        tell(listener -> listener.probed(reference, endpoint.instance(), alive));
    }

    void leave(String id, String reason) {
        EndpointRecord left = present.remove(id);
        if (left != null) {
            synchronized (gone) {
                left.gone(nanoTime.getAsLong());
                gone.put(id, left);
                if (gone.size() > MOST_REMEMBERED) {
                    gone.remove(gone.keySet().iterator().next());
                }
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
        forget();
    }

    private void forget() {
        long now = nanoTime.getAsLong();
        synchronized (gone) {
            Iterator<EndpointRecord> oldestFirst = gone.values().iterator();
            while (oldestFirst.hasNext()) {
                EndpointRecord left = oldestFirst.next();
                if (!left.goneLongerThan(REMEMBERED.toNanos(), now)) {
                    return;
                }
                if (!left.hasCalls()) {
                    oldestFirst.remove();
                }
            }
        }
    }

    private void tell(Consumer<EndpointListener> event) {
        for (EndpointListener listener : listeners) {
            tell(listener, event);
        }
    }

    private void tell(EndpointListener listener, Consumer<EndpointListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | LinkageError e) {
            log.warn("{}: endpoint listener {} failed", reference, listener, e);
        }
    }
}
