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
import io.clusterrpc.discovery.backend.CatalogWatches;
import io.clusterrpc.discovery.backend.OwnerThread;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which applications offer a gRPC service, from the tags of all services. One blocking query for all who ask, and none while nobody
 * does: it wakes at every registration of any service, so it asks at most twice a second. Owned by the event loop.
 */
final class ConsulCatalog implements Catalog, CatalogWatches.Question, BlockingQuery.Reader {

    private static final Duration LEAST_GAP = Duration.ofMillis(500);
    private static final Question QUESTION = Question.get("/v1/catalog/services");

    private final OwnerThread loop;
    private final AgentClient client;
    private final Duration wait;

    private final CatalogWatches watches;
    private @Nullable BlockingQuery query;

    ConsulCatalog(OwnerThread loop, AgentClient client, Duration wait) {
        this.loop = loop;
        this.client = client;
        this.wait = wait;
        this.watches = new CatalogWatches("Consul", loop, this);
    }

    @Override
    public Subscription watch(String grpcService, Consumer<List<String>> listener) {
        return watches.watch(grpcService, listener);
    }

    @Override
    public void begin() {
        query = new BlockingQuery(loop, client, QUESTION, wait, LEAST_GAP, this);
        query.start();
    }

    @Override
    public void end() {
        if (query != null) {
            query.close();
            query = null;
        }
    }

    void close() {
        watches.close();
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
        watches.answered(applications);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void failed(DiscoveryException problem) {
        watches.failed(problem);
    }
}
