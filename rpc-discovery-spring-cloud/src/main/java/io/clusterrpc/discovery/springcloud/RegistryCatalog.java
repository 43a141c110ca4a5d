/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend.Catalog;
import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.backend.CatalogWatches;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * Which applications offer a gRPC service, from what their instances say in their metadata. A registry can only be asked for the names of
 * all services and for the instances of each, so that is done only while somebody wants to know, and seldom once everybody has an answer.
 * Owned by the owner's thread.
 */
final class RegistryCatalog implements Catalog, CatalogWatches.Question, Poll.Reader<Map<String, Set<String>>> {

    private static final int SELDOM = 6;

    private final PollThreads threads;
    private final RegistryClients clients;
    private final SpringCloudSettings settings;
    private final CatalogWatches watches;
    private @Nullable Poll<Map<String, Set<String>>> poll;

    RegistryCatalog(PollThreads threads, RegistryClients clients, SpringCloudSettings settings) {
        this.threads = threads;
        this.clients = clients;
        this.settings = settings;
        this.watches = new CatalogWatches("Spring Cloud's registry", threads, this);
    }

    @Override
    public Subscription watch(String grpcService, Consumer<List<String>> listener) {
        return watches.watch(grpcService, listener);
    }

    @Override
    public void begin() {
        poll = new Poll<>(threads, "all services", this::offers, settings, this).start();
    }

    @Override
    public void end() {
        if (poll != null) {
            poll.close();
            poll = null;
        }
    }

    void poke() {
        if (poll != null) {
            poll.poke();
        }
    }

    void close() {
        watches.close();
    }

    private Map<String, Set<String>> offers() {
        Map<String, Set<String>> offers = new HashMap<>();
        for (String name : clients.services()) {
            for (ServiceInstance instance : clients.instances(name)) {
                Map<String, String> metadata = instance.getMetadata();
                if (metadata != null) {
                    // Some registries change the case of a name.
                    String application = metadata.getOrDefault(Vocabulary.SERVICE, name);
                    InstanceReader.grpcServices(metadata)
                            .forEach(grpcService -> offers.computeIfAbsent(grpcService, unused -> new TreeSet<>())
                                    .add(application));
                }
            }
        }
        return offers;
    }

    @Override
    public Duration read(Map<String, Set<String>> offers) {
        return watches.answered(offers) ? settings.interval().multipliedBy(SELDOM) : settings.interval();
    }

    @Override
    public void failed(DiscoveryException problem) {
        watches.failed(problem);
    }
}
