/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.backend.OwnerThread;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Discovery through Consul's HTTP API, 1.8 or newer: registration with the agent, blocking queries for changes.
 *
 * <p>An instance that its owner takes away goes through Consul's maintenance mode and has left; one that is missing or whose check
 * fails has merely vanished. An empty list counts only if the token may see the service, else nothing is known.
 *
 * <p>Thread-safe. One daemon thread, {@code rpc-consul}, and the selector thread of the JDK's HTTP client, both started at first use,
 * do all work however many services are watched; listeners are called on the former and must not block. {@link #close} withdraws
 * what was registered and waits for that, at most three seconds.
 */
public final class ConsulDiscovery implements DiscoveryBackend {

    /** The name of this backend. */
    public static final String NAME = "consul";

    private static final Logger logger = LoggerFactory.getLogger(ConsulDiscovery.class);

    /** One change acts at once, a flood of them as 20 a second. */
    private static final Duration LEAST_GAP = Duration.ofMillis(50);

    private static final Duration NOTICE_TIME = Duration.ofSeconds(1);
    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(3);

    private final ConsulSettings settings;
    private final OwnerThread loop = new OwnerThread("rpc-consul", System::nanoTime, Math::random);
    private final AgentClient client;
    private final ReadRights rights;
    private final ConsulCatalog catalog;
    private final List<BlockingQuery> watches = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** By Consul's id; the event loop's. */
    private final Map<String, ConsulRegistration> registrations = new HashMap<>();

    /**
     * Prepares to talk to Consul. Nothing is started or asked yet.
     *
     * @param settings where it is and how it is talked to
     */
    public ConsulDiscovery(ConsulSettings settings) {
        this.settings = settings;
        this.client = new AgentClient(settings, loop);
        this.rights = new ReadRights(client, settings.token());
        this.catalog = new ConsulCatalog(loop, client, settings.watchTime());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        if (!Vocabulary.isServiceName(service)) {
            throw new DiscoveryException(
                    Vocabulary.rule(service)
                            + ": change rpc.references.*.service, or spring.application.name of the provider",
                    null);
        }
        // The query knows whether it is closed, and is made after who asks: hence the detour.
        BlockingQuery[] query = new BlockingQuery[1];
        ServiceWatch watch = new ServiceWatch(service, listener, rights, () -> closed || query[0].closed());
        query[0] =
                new BlockingQuery(loop, client, ServiceWatch.question(service), settings.watchTime(), LEAST_GAP, watch);
        watches.add(query[0]);
        query[0].start();
        return () -> {
            watches.remove(query[0]);
            query[0].close();
        };
    }

    @Override
    public Registration register(ServiceInstance instance) {
        if (!Vocabulary.isServiceName(instance.service())) {
            throw new DiscoveryConfigurationException(
                    "spring.application.name",
                    Vocabulary.rule(instance.service()),
                    "Give the application another name, or do not register it (rpc.provider.register=false).",
                    null);
        }
        ConsulRegistration registration = new ConsulRegistration(loop, client, settings.check(), instance);
        loop.execute(() -> add(registration));
        return registration;
    }

    private void add(ConsulRegistration registration) {
        String id = registration.consulId();
        ConsulRegistration before = registrations.put(id, registration);
        registration.gone().whenComplete((done, failure) -> registrations.remove(id, registration));
        if (before == null) {
            registration.start();
        } else if (before.leaving()) {
            before.closeSoon();
            before.gone().whenComplete((done, failure) -> registration.start());
        } else {
            before.abandon();
            registration.start();
        }
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    @Override
    public Duration noticeTime() {
        return NOTICE_TIME;
    }

    /**
     * Talks TLS with other keys or trust from the next connection on.
     *
     * @param renewed what to use
     */
    public void useTls(SSLContext renewed) {
        loop.execute(() -> client.useTls(renewed));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CompletableFuture<Void> goodbye = new CompletableFuture<>();
        loop.execute(() -> {
            watches.forEach(BlockingQuery::close);
            catalog.close();
            List<ConsulRegistration> leaving = List.copyOf(registrations.values());
            leaving.forEach(ConsulRegistration::closeSoon);
            CompletableFuture.allOf(
                            leaving.stream().map(ConsulRegistration::gone).toArray(CompletableFuture<?>[]::new))
                    .whenComplete((done, failure) -> goodbye.complete(null));
        });
        if (!loop.isCurrentThread()) {
            await(goodbye);
        }
        loop.close();
    }

    private static void await(CompletableFuture<Void> goodbye) {
        try {
            goodbye.get(LONGEST_GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException ex) {
            logger.warn("Consul did not confirm in time that everything is deregistered; its checks will find out");
        }
    }

    /** Ends like a process that is killed: nothing is withdrawn. For tests. */
    void abandon() {
        closed = true;
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            watches.forEach(BlockingQuery::close);
            catalog.close();
            List.copyOf(registrations.values()).forEach(ConsulRegistration::abandon);
            done.complete(null);
        });
        await(done);
        loop.close();
    }

    @Override
    public String toString() {
        return NAME + settings.agents();
    }
}
