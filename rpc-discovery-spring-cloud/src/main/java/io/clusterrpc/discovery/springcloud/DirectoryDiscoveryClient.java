/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.Directory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.core.Ordered;

/**
 * What the directory knows, for Spring Cloud LoadBalancer, Gateway and whoever else asks a {@link DiscoveryClient}: the listed instances,
 * with the gRPC port as their port. A service that was asked for is followed from then on; the first question waits for an answer of the
 * registry, at most as long as told.
 *
 * <p>Asked after all others. Thread-safe. {@link #close} ends what it follows; the directory is closed by its own creator.
 */
public final class DirectoryDiscoveryClient implements DiscoveryClient, AutoCloseable {

    /** Names may come from outside: what is asked for beyond that is not followed. */
    private static final int MOST_FOLLOWED = 1000;

    private final Supplier<Directory> directory;
    private final Duration patience;
    private final Map<String, Followed> followed = new ConcurrentHashMap<>();

    private record Followed(Subscription subscription, CompletableFuture<ClusterSnapshot> first) {}

    /**
     * Prepares to answer. Nothing is followed yet.
     *
     * @param directory whom to ask; needed at the first question only
     * @param patience how long the first question about a service may wait
     */
    public DirectoryDiscoveryClient(Supplier<Directory> directory, Duration patience) {
        this.directory = directory;
        this.patience = patience;
    }

    @Override
    public String description() {
        return "Cluster RPC Discovery Client";
    }

    @Override
    public List<org.springframework.cloud.client.ServiceInstance> getInstances(String service) {
        if (followed.containsKey(service) || followed.size() < MOST_FOLLOWED) {
            await(service, followed.computeIfAbsent(service, this::follow).first());
        }
        return directory.get().snapshot(service).members().stream()
                .filter(ClusterSnapshot.Member::listed)
                .map(member -> instance(member.instance()))
                .toList();
    }

    private Followed follow(String service) {
        CompletableFuture<ClusterSnapshot> first = new CompletableFuture<>();
        return new Followed(directory.get().subscribe(service, first::complete), first);
    }

    private void await(String service, CompletableFuture<ClusterSnapshot> first) {
        try {
            first.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException ex) {
            // What is known is the answer, and nobody waits again.
            first.complete(directory.get().snapshot(service));
        }
    }

    private static org.springframework.cloud.client.ServiceInstance instance(ServiceInstance instance) {
        return new DefaultServiceInstance(
                instance.id(),
                instance.service(),
                instance.host(),
                instance.port(),
                false,
                RegistrationRecord.write(instance));
    }

    /** Only what is referred to or was asked for: no registry's whole catalog is read for this. */
    @Override
    public List<String> getServices() {
        return List.copyOf(new TreeSet<>(directory.get().snapshots().stream()
                .filter(snapshot -> !snapshot.members().isEmpty())
                .map(ClusterSnapshot::service)
                .toList()));
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void close() {
        followed.values().forEach(each -> each.subscription().close());
    }
}
