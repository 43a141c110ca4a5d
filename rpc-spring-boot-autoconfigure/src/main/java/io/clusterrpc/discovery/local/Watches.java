/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend.Listener;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of a hub, each told only what is new to it. Told on the hub's thread, added and removed on any. */
final class Watches {

    private static final Logger logger = LoggerFactory.getLogger(Watches.class);

    private final List<ServiceWatch> services = new CopyOnWriteArrayList<>();
    private final List<CatalogWatch> catalogs = new CopyOnWriteArrayList<>();

    Subscription add(String service, Listener listener) {
        ServiceWatch watch = new ServiceWatch(service, listener);
        services.add(watch);
        return watch;
    }

    Subscription addCatalog(String grpcService, Consumer<List<String>> listener) {
        CatalogWatch watch = new CatalogWatch(grpcService, listener);
        catalogs.add(watch);
        return watch;
    }

    /**
     * Tells everybody.
     *
     * @param left ids that left since the last time
     * @param problem why the directory could not be read, {@code null} if it could
     */
    void tell(Census census, Set<String> left, @Nullable DiscoveryException problem) {
        for (ServiceWatch watch : services) {
            watch.tell(census.instances(watch.service), left, problem);
        }
        for (CatalogWatch watch : catalogs) {
            watch.tell(census.applications(watch.grpcService), problem == null);
        }
    }

    private static void guarded(String about, Runnable call) {
        try {
            call.run();
        } catch (Throwable ex) {
            // Also an AssertionError or StackOverflowError: one listener must not take the others' thread away.
            logger.warn("A discovery listener for {} failed", about, ex);
        }
    }

    private final class ServiceWatch implements Subscription {

        private final String service;
        private final Listener listener;
        private final Set<String> known = new HashSet<>();
        private @Nullable List<ServiceInstance> told;
        private boolean failing;
        private volatile boolean closed;

        ServiceWatch(String service, Listener listener) {
            this.service = service;
            this.listener = listener;
        }

        void tell(List<ServiceInstance> instances, Set<String> left, @Nullable DiscoveryException problem) {
            Set<String> gone = new HashSet<>(known);
            gone.retainAll(left);
            for (ServiceInstance instance : instances) {
                known.add(instance.id());
                gone.remove(instance.id());
            }
            known.removeAll(gone);
            boolean first = told == null && (problem == null || !instances.isEmpty());
            // The same list is news as well when nobody could vouch for it until now.
            boolean recovered = failing && problem == null;
            failing = problem != null;
            if (first || recovered || (told != null && !told.equals(instances)) || !gone.isEmpty()) {
                told = instances;
                call(() -> listener.onInstances(instances, gone));
            }
            if (problem != null) {
                call(() -> listener.onError(problem));
            }
        }

        private void call(Runnable call) {
            if (!closed) {
                guarded(service, call);
            }
        }

        @Override
        public void close() {
            closed = true;
            services.remove(this);
        }
    }

    private final class CatalogWatch implements Subscription {

        private final String grpcService;
        private final Consumer<List<String>> listener;
        private @Nullable List<String> told;
        private volatile boolean closed;

        CatalogWatch(String grpcService, Consumer<List<String>> listener) {
            this.grpcService = grpcService;
            this.listener = listener;
        }

        void tell(List<String> applications, boolean complete) {
            if (applications.equals(told) || (applications.isEmpty() && !complete)) {
                return;
            }
            told = applications;
            if (!closed) {
                guarded(grpcService, () -> listener.accept(applications));
            }
        }

        @Override
        public void close() {
            closed = true;
            catalogs.remove(this);
        }
    }
}
