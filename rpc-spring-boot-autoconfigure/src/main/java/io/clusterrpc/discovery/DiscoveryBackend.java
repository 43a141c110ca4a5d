/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One registry of instances (local files, Consul, Kubernetes ...). Changes are pushed, never polled for by the caller.
 *
 * <p>Thread-safe. No method blocks on the network: what takes long happens on the backend's own threads and is told through the
 * listener. Closing a backend ends its watches and withdraws what it registered.
 */
public interface DiscoveryBackend extends AutoCloseable {

    /**
     * The name under which {@code rpc.discovery.backends} selects it.
     *
     * @return for example {@code local}
     */
    String name();

    /**
     * Follows the instances of a service until the subscription is closed.
     *
     * @param service the application's name
     * @param listener told the first list as soon as it is known, then every change
     * @return ends the watch
     */
    Subscription watch(String service, Listener listener);

    /**
     * Announces an instance until the registration is closed, and again by itself after the registry lost it.
     *
     * @param instance what to announce
     * @return withdraws or changes it
     * @throws DiscoveryException if this backend cannot register at all; passing failures are retried and logged
     */
    Registration register(ServiceInstance instance);

    /**
     * The registry's answer to "which applications offer this gRPC service", where it has one.
     *
     * @return {@code null} if the registry cannot say
     */
    default @Nullable Catalog catalog() {
        return null;
    }

    /**
     * Whether instances advertise the loopback address because consumers can only be on the same machine.
     *
     * @return {@code false} for registries that span machines
     */
    default boolean loopbackOnly() {
        return false;
    }

    /**
     * The id under which this registry lists the present process by itself, where it lists processes that nobody registered. A
     * server of the process takes it as its own, so that it and its consumers mean the same.
     *
     * @return begins with its kind and a colon, as in {@code pod:name:uid}, and is free of anything but visible ASCII; {@code null} if
     *     ids come from registrations, or if the process cannot know
     */
    default @Nullable String assignedId() {
        return null;
    }

    /**
     * How long consumers may need to hear of a withdrawal, in the worst usual case; a draining provider keeps serving so long.
     *
     * @return a duration, well below a minute
     */
    default java.time.Duration noticeTime() {
        return java.time.Duration.ofSeconds(1);
    }

    @Override
    void close();

    /** Hears about one watched service. Calls for one watch come one after the other, never concurrently. */
    interface Listener {

        /**
         * The registry's current list.
         *
         * @param instances everything that is listed now; an empty collection says that the registry surely lists nothing
         * @param left ids that left on purpose or surely died since the last call; whoever is missing from {@code instances}
         *     without being in here has merely vanished
         */
        void onInstances(Collection<ServiceInstance> instances, Set<String> left);

        /**
         * The registry could not be asked, or its answer may be incomplete. The last list stays valid. Repeated at every failed
         * attempt; ends with the next {@link #onInstances}.
         *
         * @param problem what happened, naming the registry's address and the remedy
         */
        void onError(DiscoveryException problem);
    }

    /** An announced instance. */
    interface Registration extends Subscription {

        /**
         * Replaces what is announced (weight, tags, role); id and service stay.
         *
         * @param instance the new record
         */
        void update(ServiceInstance instance);

        /**
         * Whether the registry holds the announcement now, as far as is known.
         *
         * @return {@code false} while a failed registration is being retried
         */
        boolean registered();
    }

    /** Finds applications by the gRPC services that they offer. Thread-safe. */
    interface Catalog {

        /**
         * Follows which applications offer a gRPC service.
         *
         * @param grpcService full name, for example {@code shop.Orders}
         * @param listener told the sorted names of the applications, first as soon as known (possibly empty), then at every change
         * @return ends the watch
         */
        Subscription watch(String grpcService, Consumer<List<String>> listener);
    }
}
