/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend.Catalog;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;

/**
 * Which applications offer a gRPC service, from what their instances say in their metadata. A registry can only be asked for the names of
 * all services and for the instances of each, so that is done only while somebody wants to know, and seldom once everybody has an answer.
 * Owned by the owner's thread.
 */
final class RegistryCatalog implements Catalog, Poll.Reader<Map<String, Set<String>>> {

    private static final Logger logger = LoggerFactory.getLogger(RegistryCatalog.class);
    private static final int SELDOM = 6;

    private final PollThreads threads;
    private final RegistryClients clients;
    private final SpringCloudSettings settings;
    private final List<Watch> watches = new ArrayList<>();
    private @Nullable Poll<Map<String, Set<String>>> poll;
    private @Nullable Map<String, Set<String>> known;
    private boolean failing;

    RegistryCatalog(PollThreads threads, RegistryClients clients, SpringCloudSettings settings) {
        this.threads = threads;
        this.clients = clients;
        this.settings = settings;
    }

    @Override
    public Subscription watch(String grpcService, Consumer<List<String>> listener) {
        Watch watch = new Watch(grpcService, listener);
        threads.execute(() -> add(watch));
        return watch;
    }

    private void add(Watch watch) {
        watches.add(watch);
        if (known != null) {
            watch.tell(known);
        }
        if (poll == null) {
            poll = new Poll<>(threads, "all services", this::offers, settings, this).start();
        }
    }

    private void remove(Watch watch) {
        watches.remove(watch);
        if (watches.isEmpty()) {
            close();
        }
    }

    void poke() {
        if (poll != null) {
            poll.poke();
        }
    }

    void close() {
        watches.forEach(watch -> watch.closed = true);
        if (poll != null) {
            poll.close();
            poll = null;
            known = null;
        }
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
        if (failing) {
            failing = false;
            logger.info("Spring Cloud's registry lists the services again");
        }
        known = offers;
        List.copyOf(watches).forEach(watch -> watch.tell(offers));
        boolean answered = watches.stream().allMatch(watch -> offers.containsKey(watch.grpcService));
        return answered ? settings.interval().multipliedBy(SELDOM) : settings.interval();
    }

    @Override
    public void failed(DiscoveryException problem) {
        if (!failing) {
            failing = true;
            logger.warn("Which applications offer a gRPC service is not known at present: {}", problem.getMessage());
        }
    }

    private final class Watch implements Subscription {

        private final String grpcService;
        private final Consumer<List<String>> listener;
        private @Nullable List<String> told;
        private volatile boolean closed;

        Watch(String grpcService, Consumer<List<String>> listener) {
            this.grpcService = grpcService;
            this.listener = listener;
        }

        void tell(Map<String, Set<String>> offers) {
            List<String> names = List.copyOf(offers.getOrDefault(grpcService, Set.of()));
            List<String> sorted = names.stream().sorted().toList();
            if (closed || sorted.equals(told)) {
                return;
            }
            told = sorted;
            try {
                listener.accept(sorted);
            } catch (Throwable ex) {
                logger.warn("A catalog listener for {} failed", grpcService, ex);
            }
        }

        @Override
        public void close() {
            closed = true;
            threads.execute(() -> remove(this));
        }
    }
}
