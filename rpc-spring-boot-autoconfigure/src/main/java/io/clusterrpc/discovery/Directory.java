/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ClusterListener;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the registries and the channels of one application: what it knows outlives idle channels, passing faults of the
 * registries and, with a disk cache, the application itself.
 *
 * <p>Guarantees:
 * <ul>
 *   <li>A failing registry is not an empty list: the last list stays, marked as such, with the problem beside it.
 *   <li>An instance that left or died is gone with the next notification; one that merely vanished stays as unlisted for
 *       {@link DirectorySettings#unlistedRetention()}. Further rules of membership stand in the package's {@code Roster}.
 *   <li>A subscriber hears the current snapshot at once if there is one, then each change, in order, never concurrently, and the
 *       last one it hears is the last there is. A change comes at once if none came within the damping time before, else together
 *       with the others at its end. Listeners run without any lock, on the thread of the registry, of the subscriber or of the
 *       directory: they must not block. What they throw is logged.
 *   <li>A service is followed from its first subscriber until {@link DirectorySettings#linger()} after its last.
 * </ul>
 *
 * <p>Thread-safe. Whoever creates it closes it; the backends are closed by their own creator, after it.
 */
public final class Directory implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(Directory.class);

    private final List<DiscoveryBackend> backends;
    private final Map<String, DiscoveryBackend> pinned;
    private final Duration linger;
    private final ScheduledExecutorService scheduler;
    private final @Nullable DiskCache cache;
    private final FollowedService.Surroundings surroundings;

    /** Guards the two maps and the flag; held neither while a backend nor while a listener is called. */
    private final Object lock = new Object();

    private final Map<String, FollowedService> services = new HashMap<>();
    private final Map<String, ScheduledFuture<?>> lingering = new HashMap<>();
    private boolean closed;

    /**
     * Creates a directory with threads of its own.
     *
     * @param backends the registries, in order of preference
     * @param pinned services that one backend alone serves, whatever the others say
     * @param settings how it behaves
     * @param listeners told how the registries behave
     */
    public Directory(
            List<DiscoveryBackend> backends,
            Map<String, DiscoveryBackend> pinned,
            DirectorySettings settings,
            List<ClusterListener> listeners) {
        this(
                backends,
                pinned,
                settings,
                listeners,
                DirectoryThreads.create(),
                System::nanoTime,
                InstantSource.system());
    }

    /** For tests; the scheduler is shut down with the directory. */
    Directory(
            List<DiscoveryBackend> backends,
            Map<String, DiscoveryBackend> pinned,
            DirectorySettings settings,
            List<ClusterListener> listeners,
            ScheduledExecutorService scheduler,
            LongSupplier nanoTime,
            InstantSource clock) {
        this.backends = List.copyOf(backends);
        this.pinned = Map.copyOf(pinned);
        this.linger = settings.linger();
        this.scheduler = scheduler;
        this.cache = settings.diskCache() == null ? null : new DiskCache(settings.diskCache(), scheduler, clock);
        this.surroundings =
                new FollowedService.Surroundings(settings, scheduler, nanoTime, clock, List.copyOf(listeners), cache);
    }

    /**
     * Follows a service.
     *
     * @param service the application's name
     * @param listener told the current snapshot at once if there is one, then each change; must not block
     * @return ends the subscription; the service is followed a while longer. Nothing is told after {@link #close()}
     */
    public Subscription subscribe(String service, Consumer<ClusterSnapshot> listener) {
        FollowedService followed;
        Outbox<ClusterSnapshot> outbox;
        synchronized (lock) {
            if (closed) {
                return () -> {};
            }
            followed = services.get(service);
            if (followed == null) {
                followed = new FollowedService(service, backendsOf(service), surroundings);
                services.put(service, followed);
            }
            ScheduledFuture<?> end = lingering.remove(service);
            if (end != null) {
                end.cancel(false);
            }
            outbox = followed.add(listener, closing -> unsubscribe(service, closing));
        }
        followed.start();
        outbox.deliver();
        return outbox;
    }

    private void unsubscribe(String service, Outbox<ClusterSnapshot> outbox) {
        synchronized (lock) {
            FollowedService followed = services.get(service);
            if (closed || followed == null || !followed.remove(outbox)) {
                return;
            }
            lingering.put(
                    service,
                    scheduler.schedule(() -> forget(service, followed), linger.toNanos(), TimeUnit.NANOSECONDS));
        }
    }

    private void forget(String service, FollowedService followed) {
        synchronized (lock) {
            // It may be over already, and another one may be followed under its name: a timer that already runs cannot
            // be cancelled.
            if (closed || !followed.unused() || !services.remove(service, followed)) {
                return;
            }
            ScheduledFuture<?> end = lingering.remove(service);
            if (end != null) {
                end.cancel(false);
            }
        }
        followed.close();
    }

    /**
     * What is known of a service.
     *
     * @param service the application's name
     * @return {@link Source#UNKNOWN} and empty if nobody subscribed to it
     */
    public ClusterSnapshot snapshot(String service) {
        FollowedService followed;
        synchronized (lock) {
            followed = services.get(service);
        }
        if (followed != null) {
            return followed.snapshot();
        }
        return new ClusterSnapshot(service, List.of(), Source.UNKNOWN, Instant.EPOCH, null, names(backendsOf(service)));
    }

    /**
     * What is known of every service that is followed.
     *
     * @return sorted by service
     */
    public Collection<ClusterSnapshot> snapshots() {
        Map<String, ClusterSnapshot> snapshots = new TreeMap<>();
        synchronized (lock) {
            services.forEach((service, followed) -> snapshots.put(service, followed.snapshot()));
        }
        return List.copyOf(snapshots.values());
    }

    /**
     * Announces an instance with every backend that can register.
     *
     * @param instance what to announce
     * @return withdraws or changes it everywhere; {@code registered()} only while every such backend holds it, and never if none
     *     can register
     */
    public DiscoveryBackend.Registration register(ServiceInstance instance) {
        List<DiscoveryBackend.Registration> registrations = new ArrayList<>();
        for (DiscoveryBackend backend : backends) {
            try {
                registrations.add(backend.register(instance));
            } catch (DiscoveryException ex) {
                logger.info("{} is not registered with {}: {}", instance.service(), backend.name(), ex.getMessage());
            }
        }
        return new MergedRegistration(registrations);
    }

    /**
     * The answer to "which applications offer this gRPC service".
     *
     * @return what the backends with a catalog say together, {@code null} if none has one
     */
    public DiscoveryBackend.@Nullable Catalog catalog() {
        List<DiscoveryBackend.Catalog> catalogs = new ArrayList<>();
        for (DiscoveryBackend backend : backends) {
            DiscoveryBackend.Catalog catalog = backend.catalog();
            if (catalog != null) {
                catalogs.add(catalog);
            }
        }
        return catalogs.isEmpty() ? null : new MergedCatalog(catalogs);
    }

    /**
     * How long consumers may need to hear of a withdrawal.
     *
     * @return that of the slowest backend
     */
    public Duration noticeTime() {
        Duration longest = Duration.ZERO;
        for (DiscoveryBackend backend : backends) {
            Duration time = backend.noticeTime();
            longest = time.compareTo(longest) > 0 ? time : longest;
        }
        return longest;
    }

    /**
     * Whether instances advertise the loopback address.
     *
     * @return {@code true} only if that is true of every backend
     */
    public boolean loopbackOnly() {
        boolean all = !backends.isEmpty();
        for (DiscoveryBackend backend : backends) {
            all &= backend.loopbackOnly();
        }
        return all;
    }

    /**
     * The id under which a registry lists the present process by itself.
     *
     * @return that of the first backend that has one, or {@code null}
     */
    public @Nullable String assignedId() {
        for (DiscoveryBackend backend : backends) {
            String id = backend.assignedId();
            if (id != null) {
                return id;
            }
        }
        return null;
    }

    /**
     * The names of the backends, in order of preference.
     *
     * @return without the one that serves pinned services only
     */
    public List<String> backends() {
        return names(backends);
    }

    static List<String> names(List<DiscoveryBackend> backends) {
        List<String> names = new ArrayList<>();
        for (DiscoveryBackend backend : backends) {
            names.add(backend.name());
        }
        return names;
    }

    private List<DiscoveryBackend> backendsOf(String service) {
        DiscoveryBackend only = pinned.get(service);
        return only == null ? backends : List.of(only);
    }

    /** Ends all subscriptions and writes what the disk cache still owes. Does not close the backends. Idempotent. */
    @Override
    public void close() {
        List<FollowedService> ended;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            ended = List.copyOf(services.values());
            lingering.clear();
        }
        ended.forEach(FollowedService::close);
        scheduler.shutdown();
        if (cache != null) {
            cache.flush();
        }
    }
}
