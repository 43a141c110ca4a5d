/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ClusterListener;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service that somebody subscribed to: takes what the backends say, and tells the subscribers.
 *
 * <p>Thread-safe. {@code lock} guards everything that changes; news are put into the subscribers' outboxes while holding it, which
 * fixes their order, and delivered after releasing it, on the thread that brought the change or on the scheduler. So no backend
 * and no listener is ever called under the lock, and the last thing every subscriber hears is the last snapshot.
 */
final class FollowedService {

    /** What all followed services of a directory share. */
    record Surroundings(
            DirectorySettings settings,
            ScheduledExecutorService scheduler,
            LongSupplier nanoTime,
            InstantSource clock,
            List<ClusterListener> listeners,
            @Nullable DiskCache cache) {}

    private static final Logger logger = LoggerFactory.getLogger(FollowedService.class);

    private final String service;
    private final List<DiscoveryBackend> backends;
    private final Surroundings surroundings;

    private final Object lock = new Object();
    private final Roster roster;
    private final Throttle throttle;
    private final List<Outbox<ClusterSnapshot>> subscribers = new ArrayList<>();
    private final List<Subscription> watches = new ArrayList<>();
    private @Nullable ScheduledFuture<?> wake;
    private long wakeAt;
    private boolean started;
    private boolean closed;
    private volatile ClusterSnapshot current;

    FollowedService(String service, List<DiscoveryBackend> backends, Surroundings surroundings) {
        this.service = service;
        this.backends = backends;
        this.surroundings = surroundings;
        this.roster = new Roster(
                service,
                Directory.names(backends),
                surroundings.settings().unlistedRetention().toNanos());
        this.throttle = new Throttle(surroundings.settings().damping().toNanos());
        this.current = roster.snapshot(surroundings.nanoTime().getAsLong());
    }

    ClusterSnapshot snapshot() {
        return current;
    }

    /** Adds a subscriber, who finds the current snapshot in the outbox; the caller delivers. */
    Outbox<ClusterSnapshot> add(Consumer<ClusterSnapshot> listener, Consumer<Outbox<ClusterSnapshot>> onClose) {
        Outbox<ClusterSnapshot> outbox = new Outbox<>("the instances of " + service, listener, onClose);
        synchronized (lock) {
            subscribers.add(outbox);
            if (isNews(current)) {
                outbox.put(current);
            }
        }
        return outbox;
    }

    /**
     * Removes a subscriber.
     *
     * @return whether nobody is left
     */
    boolean remove(Outbox<ClusterSnapshot> outbox) {
        synchronized (lock) {
            subscribers.remove(outbox);
            return subscribers.isEmpty();
        }
    }

    boolean unused() {
        synchronized (lock) {
            return subscribers.isEmpty();
        }
    }

    /** Starts to watch; only the first call does anything. */
    void start() {
        synchronized (lock) {
            if (started || closed) {
                return;
            }
            started = true;
        }
        DiskCache cache = surroundings.cache();
        Map<String, KnownList> known = cache == null ? Map.of() : cache.load(service);
        if (!known.isEmpty()) {
            change(() -> roster.seed(known));
        }
        for (int i = 0; i < backends.size(); i++) {
            watch(i);
        }
    }

    private void watch(int backend) {
        Subscription watch;
        try {
            watch = backends.get(backend).watch(service, new BackendListener(backend));
        } catch (DiscoveryException ex) {
            failed(backend, ex);
            return;
        }
        synchronized (lock) {
            if (!closed) {
                watches.add(watch);
                return;
            }
        }
        watch.close();
    }

    void close() {
        List<Subscription> ended;
        synchronized (lock) {
            closed = true;
            subscribers.clear();
            ended = List.copyOf(watches);
            watches.clear();
            cancelWake();
        }
        ended.forEach(Subscription::close);
    }

    private Map<String, KnownList> known() {
        synchronized (lock) {
            return roster.known();
        }
    }

    private void answered(int backend, Collection<ServiceInstance> instances, Set<String> left) {
        String name = backends.get(backend).name();
        tell(listener -> listener.registryAnswered(name, service, instances.size()));
        change(() -> {
            if (roster.problem(backend) != null) {
                logger.info("{} answers again about {}", name, service);
            }
            roster.answered(
                    backend,
                    instances,
                    left,
                    surroundings.nanoTime().getAsLong(),
                    surroundings.clock().instant());
        });
        DiskCache cache = surroundings.cache();
        if (cache != null) {
            cache.store(service, this::known);
        }
    }

    private void failed(int backend, DiscoveryException problem) {
        String name = backends.get(backend).name();
        tell(listener -> listener.registryFailed(name, service));
        change(() -> {
            Instant now = surroundings.clock().instant();
            if (roster.failed(backend, String.valueOf(problem.getMessage()), now)) {
                logger.warn(
                        "{} cannot be asked about {}, keeping {} known instances: {}",
                        name,
                        service,
                        current.members().size(),
                        problem.getMessage());
            }
        });
    }

    private void tell(Consumer<ClusterListener> event) {
        for (ClusterListener listener : surroundings.listeners()) {
            try {
                event.accept(listener);
            } catch (Throwable ex) {
                logger.warn("A cluster listener failed", ex);
            }
        }
    }

    private void change(Runnable mutation) {
        List<Outbox<ClusterSnapshot>> receivers;
        synchronized (lock) {
            if (closed) {
                return;
            }
            mutation.run();
            receivers = publish();
        }
        for (Outbox<ClusterSnapshot> receiver : receivers) {
            receiver.deliver();
        }
    }

    /** Puts the new state into the outboxes, now or when the damping allows it; holding the lock. */
    private List<Outbox<ClusterSnapshot>> publish() {
        long now = surroundings.nanoTime().getAsLong();
        roster.expire(now);
        ClusterSnapshot next = roster.snapshot(now);
        List<Outbox<ClusterSnapshot>> receivers = List.of();
        Long wakeUp = roster.nextChange(now);
        if (sameBesidesTime(next, current)) {
            current = next;
        } else if (throttle.tryPass(now)) {
            SnapshotLog.changed(current, next);
            current = next;
            receivers = List.copyOf(subscribers);
            for (Outbox<ClusterSnapshot> receiver : receivers) {
                receiver.put(next);
            }
        } else {
            long opens = throttle.opensAt(now);
            wakeUp = wakeUp == null || opens - wakeUp < 0 ? Long.valueOf(opens) : wakeUp;
        }
        wakeAt(wakeUp, now);
        return receivers;
    }

    private void wakeAt(@Nullable Long time, long now) {
        if (wake != null && time != null && wakeAt == time) {
            return;
        }
        cancelWake();
        if (time != null) {
            wakeAt = time;
            wake = surroundings.scheduler().schedule(this::wakeUp, Math.max(0, time - now), TimeUnit.NANOSECONDS);
        }
    }

    private void wakeUp() {
        change(() -> wake = null);
    }

    private void cancelWake() {
        if (wake != null) {
            wake.cancel(false);
            wake = null;
        }
    }

    private static boolean isNews(ClusterSnapshot snapshot) {
        return snapshot.source() != ClusterSnapshot.Source.UNKNOWN || snapshot.problem() != null;
    }

    private static boolean sameBesidesTime(ClusterSnapshot a, ClusterSnapshot b) {
        return a.source() == b.source()
                && Objects.equals(a.problem(), b.problem())
                && a.members().equals(b.members());
    }

    private final class BackendListener implements DiscoveryBackend.Listener {

        private final int backend;

        BackendListener(int backend) {
            this.backend = backend;
        }

        @Override
        public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
            answered(backend, instances, left);
        }

        @Override
        public void onError(DiscoveryException problem) {
            failed(backend, problem);
        }
    }
}
