/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryBackendContractTests;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract against a real ZooKeeper, through the client of Spring Cloud. */
class ZooKeeperDiscoveryIT extends DiscoveryBackendContractTests {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final SpringCloudSettings SETTINGS =
            new SpringCloudSettings(Duration.ofMillis(300), Duration.ofSeconds(10), List.of("gRPC_port"), Set.of());
    private static TestingServer server;
    private static ZooKeeperProcess permanent;

    private final Map<DiscoveryBackend, ZooKeeperProcess> processes = new ConcurrentHashMap<>();
    private int number;

    @BeforeAll
    static void startZooKeeper() throws Exception {
        server = new TestingServer();
        permanent = new ZooKeeperProcess(server.getConnectString());
        // Somebody is always there, else an empty answer would be doubted.
        permanent.register(
                ServiceInstance.builder("permanent", "p", "127.0.0.1", 1).build());
    }

    @AfterAll
    static void stopZooKeeper() throws Exception {
        permanent.close();
        server.close();
    }

    @AfterEach
    void closeProcesses() {
        processes.keySet().forEach(DiscoveryBackend::close);
        processes.values().forEach(ZooKeeperProcess::close);
    }

    @Override
    protected String uniqueName(String stem) {
        if (number == 0) {
            number = NUMBER.incrementAndGet();
        }
        return stem + "-" + number;
    }

    @Override
    protected DiscoveryBackend open() {
        ZooKeeperProcess process = new ZooKeeperProcess(server.getConnectString());
        SpringCloudDiscovery backend = new SpringCloudDiscovery(List.of(process.client()), process, SETTINGS);
        process.hint = backend::changed;
        processes.put(backend, process);
        return backend;
    }

    @Override
    protected boolean tellsWhoLeft() {
        return false;
    }

    @Override
    protected void crash(DiscoveryBackend backend) {
        ((SpringCloudDiscovery) backend).abandon();
        processes.get(backend).kill();
    }

    @Override
    protected void breakRegistry() {
        try {
            server.stop();
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    protected void repairRegistry() {
        try {
            server.restart();
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    protected Subscription vanish(DiscoveryBackend owner, ServiceInstance instance) {
        // Its owner looks for it now and then, and must have seen it once.
        eventually().pollDelay(Duration.ofMillis(1500)).until(() -> true);
        ZooKeeperProcess process = processes.get(owner);
        process.cut = true;
        permanent.delete(instance);
        return () -> process.cut = false;
    }
}
