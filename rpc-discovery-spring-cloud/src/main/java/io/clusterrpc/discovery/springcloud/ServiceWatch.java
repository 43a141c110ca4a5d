/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend.Listener;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one listener what the registries say about one service. Nobody leaves on purpose here, as far as can be seen: who is missing has
 * vanished, and the directory knows what to do with that.
 *
 * <p>An empty list is believed only if the client that gives it sees other services, and, right after a failure, only the second time: a
 * client that swallows its errors looks like a registry without instances.
 *
 * <p>Owned by the owner's thread.
 */
final class ServiceWatch implements Poll.Reader<ServiceWatch.Answer> {

    /** What the registries list, and the client that sees nothing at all, if that may be why they list nothing. */
    record Answer(List<org.springframework.cloud.client.ServiceInstance> entries, String blind) {

        static Answer ask(RegistryClients clients, String service) {
            List<org.springframework.cloud.client.ServiceInstance> entries = clients.instances(service);
            return new Answer(entries, entries.isEmpty() ? clients.blind() : "");
        }
    }

    private static final Logger logger = LoggerFactory.getLogger(ServiceWatch.class);

    private final String service;
    private final Listener listener;
    private final SpringCloudSettings settings;
    private final InstanceReader reader;
    private final BooleanSupplier closed;
    private @Nullable List<ServiceInstance> told;
    private boolean failing;

    /** Whether the answer at hand is doubted, and whether the one before was. */
    private boolean doubts;

    private boolean doubted;

    ServiceWatch(String service, Listener listener, SpringCloudSettings settings, BooleanSupplier closed) {
        this.service = service;
        this.listener = listener;
        this.settings = settings;
        this.reader = new InstanceReader(settings);
        this.closed = closed;
    }

    @Override
    public Duration read(Answer answer) {
        if (!answer.blind().isEmpty()) {
            throw new DiscoveryException(
                    "spring-cloud: the client '" + answer.blind()
                            + "' lists no service at all, so that it lists nothing of "
                            + service
                            + " may be a failure that it keeps to itself; check the registry and the settings of"
                            + " that client",
                    null);
        }
        if (answer.entries().isEmpty() && failing && !doubted) {
            doubts = true;
            throw new DiscoveryException(
                    "spring-cloud: right after a failure nothing is listed of " + service
                            + "; believed when it is said again",
                    null);
        }
        failing = false;
        doubted = false;
        List<ServiceInstance> instances = reader.read(service, answer.entries());
        if (!instances.equals(told)) {
            told = instances;
            guarded(() -> listener.onInstances(instances, Set.of()));
        }
        return settings.interval();
    }

    @Override
    public void failed(DiscoveryException problem) {
        // What comes after a failure is news even if it is what was known before.
        told = null;
        failing = true;
        doubted = doubts;
        doubts = false;
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
