/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryBackendContractTests;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;

/** The contract against a real Consul. With signs of life, because nobody listens on the addresses that it registers. */
abstract class ConsulContract extends DiscoveryBackendContractTests {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final List<Wire> ALL_WIRES = new CopyOnWriteArrayList<>();

    private final Map<DiscoveryBackend, Wire> wires = new ConcurrentHashMap<>();
    private int number;

    /** Where an agent is, on this machine. */
    abstract int port();

    /** After everything that still uses them. */
    @AfterAll
    static void closeWires() {
        ALL_WIRES.forEach(Wire::close);
        ALL_WIRES.clear();
    }

    @Override
    protected String uniqueName(String stem) {
        // Called by a field's initializer of the superclass too.
        if (number == 0) {
            number = NUMBER.incrementAndGet();
        }
        return stem + "-" + number;
    }

    @Override
    protected DiscoveryBackend open() {
        Wire wire = new Wire(port());
        ALL_WIRES.add(wire);
        DiscoveryBackend backend = new ConsulDiscovery(Settings.of(AclToken.NONE, Settings.TTL, wire.url()));
        wires.put(backend, wire);
        return backend;
    }

    @Override
    protected void crash(DiscoveryBackend backend) {
        ((ConsulDiscovery) backend).abandon();
    }

    @Override
    protected void breakRegistry() {
        wires.values().forEach(wire -> wire.set(Wire.State.CUT));
    }

    @Override
    protected void repairRegistry() {
        wires.values().forEach(wire -> wire.set(Wire.State.CONNECTED));
    }

    @Override
    protected Subscription vanish(DiscoveryBackend owner, ServiceInstance instance) {
        Wire wire = wires.get(owner);
        wire.set(Wire.State.CUT);
        ConsulAgent.ask(
                port(), "", "PUT", "/v1/agent/service/deregister/" + RegistrationRecord.consulId(instance), null);
        return () -> wire.set(Wire.State.CONNECTED);
    }
}
