/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.backend;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend.Catalog;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who follow which applications offer a gRPC service. They are told what is known when they come, and what is new to them; a
 * registry is asked only while there is one. {@link #watch} and the subscriptions are for any thread, everything else belongs to the
 * thread of its owner, on which listeners are told.
 */
public final class CatalogWatches implements Catalog {

    /** Asks the registry, from its first watcher until its last has gone. Told on the owner's thread. */
    public interface Question {

        /** Somebody wants to know. */
        void begin();

        /** Nobody does any more. */
        void end();
    }

    private static final Logger logger = LoggerFactory.getLogger(CatalogWatches.class);

    private final String registry;
    private final Executor owner;
    private final Question question;
    private final List<Watch> watches = new ArrayList<>();
    private boolean asking;
    private boolean failing;
    private @Nullable Map<String, ? extends Collection<String>> known;

    /**
     * Asks nothing yet.
     *
     * @param registry its name, for the log
     * @param owner runs what is to be done on the owner's thread
     * @param question how the registry is asked
     */
    public CatalogWatches(String registry, Executor owner, Question question) {
        this.registry = registry;
        this.owner = owner;
        this.question = question;
    }

    @Override
    public Subscription watch(String grpcService, Consumer<List<String>> listener) {
        Watch watch = new Watch(grpcService, listener);
        owner.execute(() -> add(watch));
        return watch;
    }

    private void add(Watch watch) {
        watches.add(watch);
        if (known != null) {
            watch.tell(known);
        }
        if (!asking) {
            asking = true;
            question.begin();
        }
    }

    private void remove(Watch watch) {
        watches.remove(watch);
        if (watches.isEmpty()) {
            end();
        }
    }

    private void end() {
        if (asking) {
            asking = false;
            known = null;
            question.end();
        }
    }

    /**
     * The registry answered.
     *
     * @param offers the applications by gRPC service
     * @return whether everybody who watches found one
     */
    public boolean answered(Map<String, ? extends Collection<String>> offers) {
        if (failing) {
            failing = false;
            logger.info("{} lists the services again", registry);
        }
        known = asking ? offers : null;
        List.copyOf(watches).forEach(watch -> watch.tell(offers));
        return watches.stream().allMatch(watch -> offers.containsKey(watch.grpcService));
    }

    /**
     * The registry could not be asked: what is known stays.
     *
     * @param problem why
     */
    public void failed(DiscoveryException problem) {
        if (!failing) {
            failing = true;
            logger.warn("Which applications offer a gRPC service is not known at present: {}", problem.getMessage());
        }
    }

    /** Tells nobody anything any more. */
    public void close() {
        watches.forEach(watch -> watch.closed = true);
        watches.clear();
        end();
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

        void tell(Map<String, ? extends Collection<String>> offers) {
            Collection<String> applications = offers.get(grpcService);
            List<String> sorted = applications == null
                    ? List.of()
                    : Set.copyOf(applications).stream().sorted().toList();
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
            owner.execute(() -> remove(this));
        }
    }
}
