/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend.Catalog;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which applications offer a gRPC service, from the tags of all services. One blocking query for all who ask, and none while nobody
 * does: it wakes at every registration of any service, so it asks at most twice a second. Owned by the event loop.
 */
final class ConsulCatalog implements Catalog, BlockingQuery.Reader {

    private static final Logger logger = LoggerFactory.getLogger(ConsulCatalog.class);
    private static final Duration LEAST_GAP = Duration.ofMillis(500);
    private static final Question QUESTION = Question.get("/v1/catalog/services");

    private final EventLoop loop;
    private final AgentClient client;
    private final Duration wait;

    private final List<Watch> watches = new ArrayList<>();
    private @Nullable BlockingQuery query;
    private @Nullable Map<String, Set<String>> known;
    private boolean failing;

    ConsulCatalog(EventLoop loop, AgentClient client, Duration wait) {
        this.loop = loop;
        this.client = client;
        this.wait = wait;
    }

    @Override
    public Subscription watch(String grpcService, Consumer<List<String>> listener) {
        Watch watch = new Watch(grpcService, listener);
        loop.execute(() -> add(watch));
        return watch;
    }

    private void add(Watch watch) {
        watches.add(watch);
        if (known != null) {
            watch.tell(known);
        }
        if (query == null) {
            query = new BlockingQuery(loop, client, QUESTION, wait, LEAST_GAP, this);
            query.start();
        }
    }

    private void remove(Watch watch) {
        watches.remove(watch);
        if (watches.isEmpty()) {
            close();
        }
    }

    void close() {
        watches.forEach(watch -> watch.closed = true);
        if (query != null) {
            query.close();
            query = null;
            known = null;
        }
    }

    @Override
    public CompletionStage<?> read(Answer answer) {
        Map<String, Set<String>> applications = new HashMap<>();
        boolean nothing = true;
        try {
            JsonObject services = JsonParser.parseString(answer.body()).getAsJsonObject();
            for (Map.Entry<String, JsonElement> service : services.entrySet()) {
                nothing = false;
                for (JsonElement tag : service.getValue().getAsJsonArray()) {
                    if (tag.getAsString().startsWith(Vocabulary.GRPC_SERVICE)) {
                        applications
                                .computeIfAbsent(
                                        tag.getAsString().substring(Vocabulary.GRPC_SERVICE.length()),
                                        unused -> new TreeSet<>())
                                .add(service.getKey());
                    }
                }
            }
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException ex) {
            throw new DiscoveryException(
                    "consul agent " + answer.agent() + ": its answer is no list of services", null);
        }
        if (nothing) {
            // Consul lists at least itself.
            throw new DiscoveryException(
                    "consul agent " + answer.agent() + " lists no service at all, which is a refusal: the token in"
                            + " rpc.discovery.consul.token needs service:read on what is referred to by gRPC service",
                    null);
        }
        if (failing) {
            failing = false;
            logger.info("Consul lists the services again");
        }
        known = new TreeMap<>(applications);
        List.copyOf(watches).forEach(watch -> watch.tell(applications));
        return CompletableFuture.completedFuture(null);
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

        void tell(Map<String, Set<String>> applications) {
            List<String> names = List.copyOf(applications.getOrDefault(grpcService, Set.of()));
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
            loop.execute(() -> remove(this));
        }
    }
}
