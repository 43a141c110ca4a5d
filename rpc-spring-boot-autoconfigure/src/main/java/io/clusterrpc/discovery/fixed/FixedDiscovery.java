/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.fixed;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services at addresses that configuration names ({@code rpc.discovery.fixed.<service>}). The lists never change; whether an
 * address answers is the balancer's matter. Nothing is known of an instance but its address, so it is not
 * {@linkplain ServiceInstance#identified() identified}.
 *
 * <p>Thread-safe and immutable; listeners are told within {@link #watch}. Closing has nothing to do.
 */
public final class FixedDiscovery implements DiscoveryBackend {

    /** The name of this backend. */
    public static final String NAME = "fixed";

    private static final Logger logger = LoggerFactory.getLogger(FixedDiscovery.class);
    private static final String PROPERTY = "rpc.discovery.fixed";

    private final Map<String, List<ServiceInstance>> instances;

    /**
     * Reads the addresses.
     *
     * @param addresses {@code host:port} or {@code [IPv6]:port} by service
     * @throws DiscoveryConfigurationException if an address is malformed; the message names property and value
     */
    public FixedDiscovery(Map<String, List<String>> addresses) {
        Map<String, List<ServiceInstance>> parsed = new LinkedHashMap<>();
        addresses.forEach((service, list) -> parsed.put(service, parse(service, list)));
        this.instances = Map.copyOf(parsed);
    }

    private static List<ServiceInstance> parse(String service, List<String> addresses) {
        String property = PROPERTY + "." + service;
        if (addresses.isEmpty()) {
            throw new DiscoveryConfigurationException(
                    property, "no address", "List at least one address as host:port, or remove the property.", null);
        }
        Map<String, ServiceInstance> byId = new LinkedHashMap<>();
        for (int i = 0; i < addresses.size(); i++) {
            HostAndPort address = HostAndPort.parse(property + "[" + i + "]", addresses.get(i));
            ServiceInstance instance = ServiceInstance.builder(service, address.host(), address.port())
                    .build();
            byId.put(instance.id(), instance);
        }
        return List.copyOf(byId.values());
    }

    /**
     * The services that have addresses.
     *
     * @return their names
     */
    public Set<String> services() {
        return instances.keySet();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        try {
            listener.onInstances(instances.getOrDefault(service, List.of()), Set.of());
        } catch (Throwable ex) {
            logger.warn("A discovery listener for {} failed", service, ex);
        }
        return () -> {};
    }

    @Override
    public Registration register(ServiceInstance instance) {
        throw new DiscoveryException(
                "fixed addresses cannot be registered; consumers list " + instance.address() + " under " + PROPERTY
                        + "." + instance.service(),
                null);
    }

    @Override
    public Duration noticeTime() {
        return Duration.ZERO;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return instances.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().size())
                .collect(Collectors.joining(", ", NAME + "[", "]"));
    }
}
