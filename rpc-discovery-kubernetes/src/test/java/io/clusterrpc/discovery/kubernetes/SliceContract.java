/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryBackendContractTests;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;

/** The contract, with a control plane that the test plays. */
abstract class SliceContract extends DiscoveryBackendContractTests {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static final List<Wire> ALL = new CopyOnWriteArrayList<>();

    private final List<Wire> wires = new CopyOnWriteArrayList<>();
    private int number;

    /** A client that may write slices. */
    abstract KubernetesClient admin();

    /** Where the slices are. */
    abstract String namespace();

    /** How a consumer reaches the API server that is at the end of a wire. */
    abstract Config consumer(String url);

    /** After everything that still uses them. */
    @AfterAll
    static void closeWires() {
        ALL.forEach(Wire::close);
        ALL.clear();
    }

    @Override
    protected String uniqueName(String stem) {
        // Called by a field's initializer of the superclass too.
        if (number == 0) {
            number = NUMBER.incrementAndGet();
        }
        return stem.toLowerCase(java.util.Locale.ROOT).replace('.', '-') + "-" + number;
    }

    /** Kubernetes holds neither start, role nor the gRPC services. */
    @Override
    protected ServiceInstance comparable(ServiceInstance instance) {
        return instance.toBuilder()
                .startTime(Instant.EPOCH)
                .role(null, 0)
                .grpcServices(Set.of())
                .build();
    }

    @Override
    protected DiscoveryBackend open() {
        Wire wire = new Wire(admin().getMasterUrl().toString());
        wires.add(wire);
        ALL.add(wire);
        KubernetesDiscovery discovery = new KubernetesDiscovery(
                Settings.API,
                () -> FabricCluster.open(consumer(wire.url()), namespace()),
                new OwnPod(Settings.API.pod()),
                name -> {
                    throw new AssertionError("asks DNS");
                },
                InstantSource.system(),
                new Threads(System::nanoTime, Math::random));
        return new ControlPlane(discovery, admin(), namespace());
    }

    @Override
    protected void crash(DiscoveryBackend backend) {
        ((ControlPlane) backend).crash();
    }

    @Override
    protected void breakRegistry() {
        wires.forEach(Wire::cut);
    }

    @Override
    protected void repairRegistry() {
        wires.forEach(Wire::repair);
    }

    @Override
    protected Subscription vanish(DiscoveryBackend owner, ServiceInstance instance) {
        return ((ControlPlane) owner).hide(instance);
    }
}
