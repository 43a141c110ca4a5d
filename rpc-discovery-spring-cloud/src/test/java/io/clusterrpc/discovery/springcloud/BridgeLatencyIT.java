/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.details.JsonInstanceSerializer;
import org.apache.curator.x.discovery.details.ServiceCacheListener;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.zookeeper.discovery.ZookeeperInstance;

/** From a change to what a listener hears; the bars are loose, the figures are printed. More rounds: {@code -Drounds=50}. */
class BridgeLatencyIT {

    private static final SpringCloudSettings DEFAULTS =
            new SpringCloudSettings(Duration.ofSeconds(5), Duration.ofSeconds(10), List.of("gRPC_port"), Set.of());

    private static final int ROUNDS = Integer.getInteger("rounds", 5);

    private static final class Clocked implements DiscoveryBackend.Listener {

        private volatile int size = -1;
        private volatile long at;

        @Override
        public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
            at = System.nanoTime();
            size = instances.size();
        }

        @Override
        public void onError(DiscoveryException problem) {}
    }

    @Test
    void zooKeeperHintsAtOnce() throws Exception {
        try (TestingServer server = new TestingServer();
                ZooKeeperProcess consumer = new ZooKeeperProcess(server.getConnectString());
                ZooKeeperProcess provider = new ZooKeeperProcess(server.getConnectString())) {
            provider.register(permanent());
            assertThat(rounds("zookeeper, bridged", ROUNDS, 250, consumer, provider))
                    .isLessThan(1000);
        }
    }

    /** What the bridge could at best come to: Curator's own cache of a service. */
    @Test
    void zooKeepersOwnCacheForComparison() throws Exception {
        try (TestingServer server = new TestingServer();
                ZooKeeperProcess provider = new ZooKeeperProcess(server.getConnectString());
                CuratorFramework curator =
                        CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(50))) {
            curator.start();
            try (ServiceDiscovery<ZookeeperInstance> discovery = ServiceDiscoveryBuilder.builder(
                                    ZookeeperInstance.class)
                            .client(curator)
                            .basePath("/services")
                            .serializer(new JsonInstanceSerializer<>(ZookeeperInstance.class))
                            .build();
                    ServiceCache<ZookeeperInstance> cache =
                            discovery.serviceCacheBuilder().name("orders").build()) {
                cache.start();
                Clocked clocked = new Clocked();
                clocked.size = 0;
                cache.addListener(new ServiceCacheListener() {
                    @Override
                    public void cacheChanged() {
                        clocked.at = System.nanoTime();
                        clocked.size = cache.getInstances().size();
                    }

                    @Override
                    public void stateChanged(CuratorFramework client, ConnectionState state) {}
                });
                assertThat(rounds("zookeeper, pushed", ROUNDS, 30, clocked, provider))
                        .isLessThan(1000);
            }
        }
    }

    @Test
    void eurekaTellsWithTheNextFetch() {
        try (EurekaRegistry registry = new EurekaRegistry();
                EurekaRegistry.Client consumer = registry.client()) {
            EurekaRegistry.Process provider = new EurekaRegistry.Process(registry.transport(), 600);
            provider.register(permanent());
            try (SpringCloudDiscovery backend =
                    new SpringCloudDiscovery(List.of(consumer.discoveryClient()), provider, DEFAULTS)) {
                consumer.hint = backend::changed;
                Clocked clocked = new Clocked();
                backend.watch("orders", clocked);
                await(clocked, 0);
                assertThat(rounds("eureka, fetched every second", ROUNDS, 317, clocked, provider))
                        .isLessThan(5000);
            }
        }
    }

    private static double rounds(
            String what, int rounds, int pauseMillis, ZooKeeperProcess consumer, ZooKeeperProcess provider) {
        try (SpringCloudDiscovery backend = new SpringCloudDiscovery(List.of(consumer.client()), consumer, DEFAULTS)) {
            consumer.hint = backend::changed;
            Clocked clocked = new Clocked();
            backend.watch("orders", clocked);
            await(clocked, 0);
            return rounds(what, rounds, pauseMillis, clocked, provider);
        }
    }

    private static double rounds(String what, int rounds, int pauseMillis, Clocked clocked, Registrar provider) {
        long[] joins = new long[rounds];
        long[] leaves = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            ServiceInstance instance = ServiceInstance.builder("orders", "orders-" + i, "127.0.0.1", 7001)
                    .build();
            quiet(pauseMillis + i % 7 * pauseMillis / 7);
            long start = System.nanoTime();
            provider.register(instance);
            await(clocked, 1);
            joins[i] = clocked.at - start;
            quiet(pauseMillis + i % 5 * pauseMillis / 5);
            long end = System.nanoTime();
            provider.deregister(instance);
            await(clocked, 0);
            leaves[i] = clocked.at - end;
        }
        return Math.max(median(what + ", join", joins), median(what + ", leave", leaves));
    }

    /** Somebody is always there, else an empty answer would be doubted. */
    private static ServiceInstance permanent() {
        return ServiceInstance.builder("permanent", "p", "127.0.0.1", 1).build();
    }

    private static void await(Clocked clocked, int size) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> clocked.size == size);
    }

    private static void quiet(int millis) {
        Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
    }

    private static double median(String what, long[] nanos) {
        Arrays.sort(nanos);
        double median = nanos[nanos.length / 2] / 1e6;
        System.out.printf(
                "%s: median %.1f ms, max %.1f ms of %d%n", what, median, nanos[nanos.length - 1] / 1e6, nanos.length);
        return median;
    }
}
