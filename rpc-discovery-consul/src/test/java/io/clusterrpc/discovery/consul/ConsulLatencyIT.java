/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import static io.clusterrpc.discovery.consul.Told.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From a change to what a listener hears, 50 times; the bar is loose, the figures are printed. */
class ConsulLatencyIT {

    private static final int ROUNDS = 50;

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
    void joiningAndLeavingAreHeardAtOnce() {
        try (ConsulAgent agent = new ConsulAgent().start();
                ConsulDiscovery consumer = new ConsulDiscovery(Settings.of(AclToken.NONE, Settings.TTL, agent.url()));
                ConsulDiscovery provider = new ConsulDiscovery(Settings.of(AclToken.NONE, Settings.TTL, agent.url()))) {
            Clocked clocked = new Clocked();
            consumer.watch("orders", clocked);
            eventually().until(() -> clocked.size == 0);
            long[] joins = new long[ROUNDS];
            long[] leaves = new long[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                quiet();
                long start = System.nanoTime();
                DiscoveryBackend.Registration registration =
                        provider.register(ServiceInstance.builder("orders", "orders-" + i, "127.0.0.1", 7001)
                                .build());
                eventually().until(() -> clocked.size == 1 && registration.registered());
                joins[i] = clocked.at - start;
                quiet();
                long end = System.nanoTime();
                registration.close();
                eventually().until(() -> clocked.size == 0);
                leaves[i] = clocked.at - end;
            }
            assertThat(median("join", joins)).isLessThan(500);
            assertThat(median("leave", leaves)).isLessThan(500);
        }
    }

    /** Until the next question is at the agent: what comes sooner waits for the least gap between two questions. */
    private static void quiet() {
        eventually().pollDelay(Duration.ofMillis(80)).until(() -> true);
    }

    private static double median(String what, long[] nanos) {
        Arrays.sort(nanos);
        double median = nanos[ROUNDS / 2] / 1e6;
        System.out.printf("%s: median %.1f ms, max %.1f ms of %d%n", what, median, nanos[ROUNDS - 1] / 1e6, ROUNDS);
        return median;
    }
}
