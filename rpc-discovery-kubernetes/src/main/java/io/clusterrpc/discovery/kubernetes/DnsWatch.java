/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.backend.Backoff;
import io.clusterrpc.discovery.kubernetes.KubernetesSettings.AddressFamily;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks a headless Service up in the cluster's DNS, again and again. An address is all it says: no zone, no weight, and not whether
 * whoever is missing left. A name that is not found may also be a DNS that does not answer, so it is an error and not an empty list.
 * Owned by the event loop.
 */
final class DnsWatch {

    /** Where names become addresses; blocks. */
    @FunctionalInterface
    interface Lookup {

        /** All addresses of a name. */
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final ServiceName service;
    private final String host;
    private final KubernetesSettings settings;
    private final Threads threads;
    private final Lookup lookup;
    private final Told told;
    private final Backoff backoff;
    private volatile boolean closed;

    DnsWatch(
            ServiceName service,
            String namespace,
            KubernetesSettings settings,
            Threads threads,
            Lookup lookup,
            Told told) {
        this.service = service;
        // With a dot at the end no search domains are tried.
        this.host = service.name() + "." + namespace + ".svc." + settings.dns().clusterDomain() + ".";
        this.settings = settings;
        this.threads = threads;
        this.lookup = lookup;
        this.told = told;
        this.backoff = new Backoff(threads.owner, LONGEST_PAUSE);
    }

    void start() {
        if (!closed) {
            threads.ask(this::ask);
        }
    }

    void close() {
        closed = true;
    }

    boolean closed() {
        return closed;
    }

    private void ask() {
        try {
            List<ServiceInstance> instances = instances(lookup.addresses(host));
            threads.execute(() -> {
                backoff.reset();
                told.tell(new Listing(instances, Set.of()));
                threads.after(threads.between(settings.dns().interval(), 0.8, 1.2), this::start);
            });
        } catch (UnknownHostException | RuntimeException ex) {
            DiscoveryException problem = new DiscoveryException(
                    "kubernetes: DNS knows no address of " + host + " (" + ex.getMessage()
                            + "). Is there a headless Service of that name (clusterIP: None) with a pod that is ready?"
                            + " rpc.discovery.kubernetes.namespace and .dns.cluster-domain are part of the name",
                    ex);
            threads.execute(() -> {
                told.failed(problem);
                threads.after(backoff.next(), this::start);
            });
        }
    }

    /** An instance has one address of each family, and they cannot be told to belong together: so those of one family count. */
    private List<ServiceInstance> instances(InetAddress[] addresses) {
        Map<Boolean, List<InetAddress>> byFamily = new ArrayList<>(List.of(addresses))
                .stream().collect(Collectors.partitioningBy(address -> address instanceof Inet6Address));
        boolean six = settings.family() == AddressFamily.IPV6;
        List<InetAddress> chosen = byFamily.get(six);
        if (chosen == null || chosen.isEmpty()) {
            chosen = byFamily.getOrDefault(!six, List.of());
        }
        return chosen.stream()
                .map(InetAddress::getHostAddress)
                .distinct()
                .map(address -> ServiceInstance.builder(
                                service.full(), address, settings.dns().port())
                        .build())
                .sorted(Comparator.comparing(ServiceInstance::id))
                .toList();
    }
}
