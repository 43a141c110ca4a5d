/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryBackendContractTests;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The contract against a real Eureka, as far as it can be kept: its client tells nobody that it cannot reach the server, and goes on with
 * what it knows.
 */
class EurekaDiscoveryIT extends DiscoveryBackendContractTests {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final List<EurekaRegistry.Process> PROCESSES = new CopyOnWriteArrayList<>();
    private static final SpringCloudSettings SETTINGS =
            new SpringCloudSettings(Duration.ofMillis(300), Duration.ofSeconds(10), List.of("gRPC_port"), Set.of());
    private static EurekaRegistry registry;
    private static ScheduledExecutorService renewals;

    private final Map<DiscoveryBackend, EurekaRegistry.Process> processes = new ConcurrentHashMap<>();
    private final List<EurekaRegistry.Client> clients = new CopyOnWriteArrayList<>();
    private int number;

    @BeforeAll
    static void startEureka() {
        registry = new EurekaRegistry();
        renewals = Executors.newSingleThreadScheduledExecutor();
        renewals.scheduleWithFixedDelay(
                () -> PROCESSES.forEach(EurekaRegistry.Process::renew), 300, 300, TimeUnit.MILLISECONDS);
        // Somebody is always there, else an empty answer would be doubted: also when this machine stands still for
        // seconds.
        EurekaRegistry.Process permanent = new EurekaRegistry.Process(registry.transport(), 3600);
        PROCESSES.add(permanent);
        permanent.register(
                ServiceInstance.builder("permanent", "p", "127.0.0.1", 1).build());
    }

    @AfterAll
    static void stopEureka() {
        if (renewals != null) {
            renewals.shutdownNow();
        }
        PROCESSES.clear();
        if (registry != null) {
            registry.close();
        }
    }

    @AfterEach
    void closeClients() {
        clients.forEach(EurekaRegistry.Client::close);
        PROCESSES.removeAll(processes.values());
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
        EurekaRegistry.Process process = new EurekaRegistry.Process(registry.transport(), 1);
        EurekaRegistry.Client client = registry.client();
        SpringCloudDiscovery backend = new SpringCloudDiscovery(List.of(client.discoveryClient()), process, SETTINGS);
        client.hint = backend::changed;
        clients.add(client);
        processes.put(backend, process);
        PROCESSES.add(process);
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
    protected Subscription vanish(DiscoveryBackend owner, ServiceInstance instance) {
        // Its owner looks for it now and then, and must have seen it once.
        eventually().pollDelay(Duration.ofMillis(2500)).until(() -> true);
        EurekaRegistry.Process process = processes.get(owner);
        process.cut = true;
        process.deregister(instance);
        return () -> process.cut = false;
    }

    @Test
    void serverThatIsGoneIsNotAnEmptyList() {
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        DiscoveryBackend consumer = opened();
        consumer.watch(service, new DiscoveryBackend.Listener() {
            @Override
            public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
                sizes.add(instances.size());
            }

            @Override
            public void onError(DiscoveryException problem) {}
        });
        eventually().until(() -> sizes.contains(0));
        DiscoveryBackend.Registration registration =
                opened().register(instance("a").build());
        eventually().until(() -> registration.registered() && sizes.contains(1));
        registry.stop();
        try {
            // Three fetches fail meanwhile.
            eventually().pollDelay(Duration.ofMillis(3500)).until(() -> true);
            assertThat(sizes).containsExactly(0, 1);
        } finally {
            registry.start();
        }
    }

    @Test
    void clientThatNeverReachedItsServerKnowsNothing() {
        registry.stop();
        List<String> told = new CopyOnWriteArrayList<>();
        try {
            opened().watch(service, new DiscoveryBackend.Listener() {
                @Override
                public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
                    told.add("list");
                }

                @Override
                public void onError(DiscoveryException problem) {
                    told.add(problem.getMessage());
                }
            });
            eventually().until(() -> told.size() > 1);
            assertThat(told).allMatch(problem -> problem.contains("lists no service at all"));
        } finally {
            registry.start();
        }
    }
}
