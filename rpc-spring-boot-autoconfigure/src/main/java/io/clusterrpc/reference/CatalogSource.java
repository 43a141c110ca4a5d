/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryBackend.Catalog;
import io.grpc.SynchronizationContext;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of the one application that offers a gRPC service, found in the registry's catalog. The first answer that names
 * exactly one application pins it for the life of the context; a further application offering the service later only warns.
 *
 * <p>Thread-safe. All state is owned by a {@link SynchronizationContext}, so that what followers hear comes in order.
 */
final class CatalogSource implements InstanceSource {

    private static final Logger log = LoggerFactory.getLogger(CatalogSource.class);

    private final String grpcService;
    private final Directory directory;
    private final SynchronizationContext context =
            new SynchronizationContext((thread, failure) -> log.error("A follower of the catalog failed", failure));
    private final Set<Follower> waiting = new LinkedHashSet<>();
    private final Subscription catalog;
    private volatile @Nullable String pinned;
    private volatile ClusterSnapshot unpinned;
    private List<String> warned = List.of();

    CatalogSource(String grpcService, Catalog catalog, Directory directory) {
        this.grpcService = grpcService;
        this.directory = directory;
        this.unpinned = unresolved(null);
        this.catalog = catalog.watch(
                grpcService, applications -> context.execute(() -> onApplications(List.copyOf(applications))));
    }

    @Override
    public @Nullable String service() {
        return pinned;
    }

    @Override
    public ClusterSnapshot snapshot() {
        String service = pinned;
        return service != null ? directory.snapshot(service) : unpinned;
    }

    @Override
    public Subscription follow(Consumer<ClusterSnapshot> listener) {
        Follower follower = new Follower(listener);
        context.execute(() -> {
            String service = pinned;
            if (service != null) {
                follower.attach(service);
            } else {
                waiting.add(follower);
                listener.accept(unpinned);
            }
        });
        return () -> context.execute(follower::detach);
    }

    private void onApplications(List<String> applications) {
        if (pinned != null) {
            warnOfOthers(applications);
        } else if (applications.size() == 1) {
            String service = applications.get(0);
            pinned = service;
            log.info("gRPC service {} is offered by application '{}', pinned", grpcService, service);
            waiting.forEach(follower -> follower.attach(service));
            waiting.clear();
        } else {
            unpinned = unresolved(problem(applications));
            waiting.forEach(follower -> follower.listener.accept(unpinned));
        }
    }

    private void warnOfOthers(List<String> applications) {
        List<String> others =
                applications.stream().filter(name -> !name.equals(pinned)).toList();
        if (!others.isEmpty() && !others.equals(warned)) {
            log.warn(
                    "gRPC service {} stays pinned to application '{}', although {} offer it too; set rpc.services.\"[{}]\""
                            + " to choose another one",
                    grpcService,
                    pinned,
                    others,
                    grpcService);
        }
        warned = others;
    }

    private String problem(List<String> applications) {
        String found = applications.isEmpty()
                ? "no application offers gRPC service " + grpcService
                : "gRPC service " + grpcService + " is offered by several applications " + applications;
        return found + " (expected: exactly one); name the application in @RpcReference or in rpc.services.\"["
                + grpcService + "]\"";
    }

    private ClusterSnapshot unresolved(@Nullable String problem) {
        return new ClusterSnapshot(
                grpcService, List.of(), Source.UNKNOWN, Instant.EPOCH, problem, directory.backends());
    }

    @Override
    public void close() {
        catalog.close();
    }

    /** One channel that follows; waits for the name first, then follows the directory. Owned by the context. */
    private final class Follower {

        private final Consumer<ClusterSnapshot> listener;
        private @Nullable Subscription subscription;
        private boolean closed;

        Follower(Consumer<ClusterSnapshot> listener) {
            this.listener = listener;
        }

        void attach(String service) {
            if (!closed) {
                subscription = directory.subscribe(service, listener);
            }
        }

        void detach() {
            closed = true;
            waiting.remove(this);
            if (subscription != null) {
                subscription.close();
            }
        }
    }
}
