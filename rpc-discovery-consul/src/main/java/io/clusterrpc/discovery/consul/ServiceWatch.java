/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend.Listener;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one listener what Consul says about one service. Owned by the event loop. */
final class ServiceWatch implements BlockingQuery.Reader {

    private static final Logger logger = LoggerFactory.getLogger(ServiceWatch.class);

    private final String service;
    private final Listener listener;
    private final ReadRights rights;
    private final BooleanSupplier closed;
    private final InstanceReader reader = new InstanceReader();
    private Set<String> leaving = Set.of();
    private @Nullable List<ServiceInstance> told;

    ServiceWatch(String service, Listener listener, ReadRights rights, BooleanSupplier closed) {
        this.service = service;
        this.listener = listener;
        this.rights = rights;
        this.closed = closed;
    }

    static Question question(String service) {
        return Question.get("/v1/health/service/" + Question.encoded(service));
    }

    @Override
    public CompletionStage<?> read(Answer answer) {
        Listing listing = Listing.read(service, answer, reader);
        if (!listing.empty()) {
            tell(listing);
            return CompletableFuture.completedFuture(null);
        }
        return rights.confirmEmpty(service, answer).thenRun(() -> tell(listing));
    }

    private void tell(Listing listing) {
        Set<String> left = new HashSet<>(listing.leaving());
        left.removeAll(leaving);
        leaving = listing.leaving();
        if (left.isEmpty() && listing.instances().equals(told)) {
            return;
        }
        told = listing.instances();
        guarded(() -> listener.onInstances(listing.instances(), left));
    }

    @Override
    public void failed(DiscoveryException problem) {
        // What comes after a failure is news even if it is what was known before.
        told = null;
        guarded(() -> listener.onError(problem));
    }

    private void guarded(Runnable call) {
        if (closed.getAsBoolean()) {
            return;
        }
        try {
            call.run();
        } catch (Throwable ex) {
            // Also an AssertionError: one listener must not take the others' thread away.
            logger.warn("A discovery listener for {} failed", service, ex);
        }
    }
}
