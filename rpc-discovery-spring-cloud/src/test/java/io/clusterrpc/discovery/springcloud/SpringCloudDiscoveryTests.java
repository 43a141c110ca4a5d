/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryBackendContractTests;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/** The contract over a registry that answers at once, fails on demand and hints at nothing. */
class SpringCloudDiscoveryTests extends DiscoveryBackendContractTests {

    static final SpringCloudSettings FAST =
            new SpringCloudSettings(Duration.ofMillis(20), Duration.ofSeconds(10), List.of("gRPC_port"), Set.of());

    private static final DiscoveryBackend.Listener NOBODY = new DiscoveryBackend.Listener() {
        @Override
        public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {}

        @Override
        public void onError(DiscoveryException problem) {}
    };

    private final FakeRegistry registry = new FakeRegistry();
    private final Map<DiscoveryBackend, FakeRegistry.Process> processes = new ConcurrentHashMap<>();

    @Override
    protected DiscoveryBackend open() {
        FakeRegistry.Process process = registry.new Process();
        DiscoveryBackend backend = new SpringCloudDiscovery(List.of(registry.client()), process, FAST);
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
        processes.get(backend).expire();
    }

    @Override
    protected void breakRegistry() {
        registry.broken = true;
    }

    @Override
    protected void repairRegistry() {
        registry.broken = false;
    }

    @Override
    protected Subscription vanish(DiscoveryBackend owner, ServiceInstance instance) {
        FakeRegistry.Process process = processes.get(owner);
        // Its owner looks for it, and must have seen it once.
        eventually().pollDelay(Duration.ofMillis(200)).until(() -> true);
        process.cut = true;
        registry.remove(instance.service() + "/" + instance.id());
        return () -> process.cut = false;
    }

    @Test
    void hintMakesItAskAtOnce() {
        SpringCloudSettings slow =
                new SpringCloudSettings(Duration.ofMinutes(5), Duration.ofSeconds(10), List.of("gRPC_port"), Set.of());
        FakeRegistry.Process process = registry.new Process();
        try (SpringCloudDiscovery backend = new SpringCloudDiscovery(List.of(registry.client()), process, slow)) {
            AtomicInteger size = new AtomicInteger(-1);
            backend.watch(service, sizes(size));
            eventually().until(() -> size.get() == 0);
            process.register(instance("a").build());
            backend.changed();
            eventually().until(() -> size.get() == 1);
        }
    }

    private static DiscoveryBackend.Listener sizes(AtomicInteger size) {
        return new DiscoveryBackend.Listener() {
            @Override
            public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
                size.set(instances.size());
            }

            @Override
            public void onError(DiscoveryException problem) {}
        };
    }

    @Test
    void asksWithFewThreadsAndNeverOnTheCallersHoweverManyServicesThereAre() {
        Set<Thread> askers = ConcurrentHashMap.newKeySet();
        Set<String> asked = ConcurrentHashMap.newKeySet();
        DiscoveryClient client = Clients.answering(name -> {
            askers.add(Thread.currentThread());
            asked.add(name);
            return List.of();
        });
        try (SpringCloudDiscovery backend = new SpringCloudDiscovery(List.of(client), Registrar.none("none"), FAST)) {
            for (int i = 0; i < 100; i++) {
                backend.watch("service-" + i, NOBODY);
            }
            eventually().until(() -> asked.size() == 100);
            assertThat(askers).hasSizeLessThanOrEqualTo(4).doesNotContain(Thread.currentThread());
        }
    }

    @Test
    void registryThatHangsIsAFailureAndItsAnswerIsStillTaken() {
        CountDownLatch hung = new CountDownLatch(1);
        DiscoveryClient client = Clients.answering(name -> {
            hung.await();
            return List.of(Clients.instance("a", Map.of("gRPC_port", "9090")));
        });
        SpringCloudSettings impatient =
                new SpringCloudSettings(Duration.ofMillis(20), Duration.ofMillis(30), List.of("gRPC_port"), Set.of());
        AtomicInteger size = new AtomicInteger(-1);
        AtomicInteger problems = new AtomicInteger();
        try (SpringCloudDiscovery backend =
                new SpringCloudDiscovery(List.of(client), Registrar.none("none"), impatient)) {
            backend.watch(service, new DiscoveryBackend.Listener() {
                @Override
                public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
                    size.set(instances.size());
                }

                @Override
                public void onError(DiscoveryException problem) {
                    assertThat(problem).hasMessageContaining("30 ms").hasMessageContaining(service);
                    problems.incrementAndGet();
                }
            });
            eventually().until(() -> problems.get() == 1);
            hung.countDown();
            eventually().until(() -> size.get() == 1);
        }
    }

    @Test
    void secondServerOfAnApplicationIsRefusedAndOneThatStartsAgainIsNot() {
        Registrar single = new Registrar() {
            @Override
            public void register(ServiceInstance instance) {}

            @Override
            public void deregister(ServiceInstance instance) {}

            @Override
            public boolean single() {
                return true;
            }

            @Override
            public String obstacle() {
                return "";
            }
        };
        try (SpringCloudDiscovery backend = new SpringCloudDiscovery(List.of(registry.client()), single, FAST)) {
            DiscoveryBackend.Registration first = backend.register(instance("a").build());
            ServiceInstance second = instance("b").build();
            assertThatThrownBy(() -> backend.register(second))
                    .isInstanceOf(DiscoveryException.class)
                    .hasMessageContaining("one instance an application");
            first.close();
            DiscoveryBackend.Registration again = backend.register(second);
            eventually().until(again::registered);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop/orders", "..", " orders", "or\nders"})
    void nameThatNoRegistryCanHoldNamesTheProperty(String name) {
        try (SpringCloudDiscovery backend =
                new SpringCloudDiscovery(List.of(registry.client()), Registrar.none(""), FAST)) {
            assertThatThrownBy(() -> backend.watch(name, NOBODY))
                    .isInstanceOf(DiscoveryException.class)
                    .hasMessageContaining("rpc.references.*.service");
            ServiceInstance nameless =
                    ServiceInstance.builder(name, "a", "127.0.0.1", 1).build();
            assertThatThrownBy(() -> backend.register(nameless))
                    .isInstanceOf(DiscoveryConfigurationException.class)
                    .hasMessageContaining("spring.application.name");
        }
    }

    @Test
    void sayWhatIsMissing() {
        try (SpringCloudDiscovery backend = new SpringCloudDiscovery(List.of(), Registrar.none("no way"), FAST)) {
            assertThatThrownBy(() -> backend.watch(service, NOBODY))
                    .isInstanceOf(DiscoveryException.class)
                    .hasMessageContaining("no DiscoveryClient");
            assertThatThrownBy(() -> backend.register(instance("a").build()))
                    .isInstanceOf(DiscoveryException.class)
                    .hasMessageContaining("no way");
        }
    }
}
