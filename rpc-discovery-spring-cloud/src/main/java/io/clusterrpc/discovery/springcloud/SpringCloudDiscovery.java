/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * Discovery through whatever registry Spring Cloud has a {@link DiscoveryClient} for. Those can only be asked, so they are asked again and
 * again, and at once when they hint at a change ({@link #changed()}).
 *
 * <p>Thread-safe. One daemon thread tells the listeners, which must not block, and at most four more ask, however many services are
 * watched; all start at first use. {@link #close} deregisters what was registered and waits for that, at most three seconds; the clients
 * are closed by their own creator.
 */
public final class SpringCloudDiscovery implements DiscoveryBackend {

    /** The name of this backend. */
    public static final String NAME = "spring-cloud";

    private static final Logger logger = LoggerFactory.getLogger(SpringCloudDiscovery.class);
    private static final Duration LONGEST_NOTICE = Duration.ofSeconds(10);
    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(3);

    private final SpringCloudSettings settings;
    private final RegistryClients clients;
    private final Registrar registrar;
    private final PollThreads threads = new PollThreads(System::nanoTime, Math::random);
    private final RegistryCatalog catalog;
    private final List<Poll<?>> watches = new CopyOnWriteArrayList<>();
    private final List<Announcement> announcements = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /**
     * Prepares to ask and to register. Nothing is started yet.
     *
     * @param clients what to ask; never one that asks this library
     * @param registrar where to register
     * @param settings how to ask and to read
     */
    SpringCloudDiscovery(List<DiscoveryClient> clients, Registrar registrar, SpringCloudSettings settings) {
        this.clients = new RegistryClients(clients);
        this.registrar = registrar;
        this.settings = settings;
        this.catalog = new RegistryCatalog(threads, this.clients, settings);
    }

    /**
     * Prepares to ask and to register through Spring Cloud's own service registries.
     *
     * @param clients what to ask; never one that asks this library
     * @param registries where to register
     * @param settings how to ask and to read
     * @return nothing is started yet
     */
    public static SpringCloudDiscovery of(
            List<DiscoveryClient> clients, ServiceRegistries registries, SpringCloudSettings settings) {
        return new SpringCloudDiscovery(clients, registries, settings);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        if (clients.none()) {
            throw new DiscoveryException(
                    "spring-cloud: this application has no DiscoveryClient: add the starter of a registry, or see whether"
                            + " spring.cloud.discovery.enabled is false",
                    null);
        }
        if (!Vocabulary.isServiceName(service)) {
            throw new DiscoveryException(
                    Vocabulary.rule(service)
                            + ": change rpc.references.*.service, or spring.application.name of the provider",
                    null);
        }
        // The watch asks whether its poll is closed, which is made after it: hence the detour.
        Poll<?>[] poll = new Poll<?>[1];
        ServiceWatch watch = new ServiceWatch(service, listener, settings, () -> closed || poll[0].closed());
        Poll<ServiceWatch.Answer> asking =
                new Poll<>(threads, service, () -> ServiceWatch.Answer.ask(clients, service), settings, watch);
        poll[0] = asking;
        watches.add(asking);
        asking.start();
        return () -> {
            watches.remove(asking);
            asking.close();
        };
    }

    @Override
    public Registration register(ServiceInstance instance) {
        String obstacle = registrar.obstacle();
        if (!obstacle.isEmpty()) {
            throw new DiscoveryException("spring-cloud: " + obstacle, null);
        }
        if (!Vocabulary.isServiceName(instance.service())) {
            throw new DiscoveryConfigurationException(
                    "spring.application.name",
                    Vocabulary.rule(instance.service()),
                    "Give the application another name, or do not register it (rpc.provider.register=false).",
                    null);
        }
        if (registrar.single() && announcements.stream().anyMatch(other -> !other.closed())) {
            throw new DiscoveryException(
                    "spring-cloud: Spring Cloud registers one instance an application, and another gRPC server of this one is"
                            + " registered already; serve everything from one server, or use another backend",
                    null);
        }
        Announcement announcement = new Announcement(threads, registrar, clients, settings, instance);
        announcements.add(announcement);
        announcement.gone().whenComplete((done, failure) -> announcements.remove(announcement));
        threads.execute(announcement::step);
        return announcement;
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    /** A registry may tell later than that: consumers notice the end of a connection as well. */
    @Override
    public Duration noticeTime() {
        return settings.interval().compareTo(LONGEST_NOTICE) < 0 ? settings.interval() : LONGEST_NOTICE;
    }

    /** A registry hints that something changed: everything is asked again soon. Never blocks. */
    public void changed() {
        watches.forEach(Poll::poke);
        threads.execute(catalog::poke);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        watches.forEach(Poll::close);
        List<Announcement> leaving = List.copyOf(announcements);
        leaving.forEach(Announcement::close);
        if (!leaving.isEmpty() && !threads.isCurrentThread()) {
            await(CompletableFuture.allOf(
                    leaving.stream().map(Announcement::gone).toArray(CompletableFuture<?>[]::new)));
        }
        threads.close();
    }

    private static void await(CompletableFuture<Void> goodbye) {
        try {
            goodbye.get(LONGEST_GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException ex) {
            logger.warn("Spring Cloud's registry did not confirm in time that everything is deregistered");
        }
    }

    /** Ends like a process that is killed: nothing is deregistered. For tests. */
    void abandon() {
        closed = true;
        watches.forEach(Poll::close);
        announcements.forEach(Announcement::abandon);
        threads.close();
    }

    @Override
    public String toString() {
        return NAME + clients;
    }
}
