/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static io.clusterrpc.discovery.kubernetes.Heard.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.time.InstantSource;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** From the write of a slice to what a listener hears, 50 times; the bar is loose, the figures are printed. */
class KubernetesLatencyIT {

    private static final int ROUNDS = 50;

    @Test
    void joiningAndLeavingAreHeardAtOnce() {
        try (MockCluster cluster = new MockCluster();
                KubernetesDiscovery discovery = new KubernetesDiscovery(
                        Settings.API,
                        () -> FabricCluster.open(
                                MockCluster.config(
                                        cluster.admin().getMasterUrl().toString()),
                                "shop"),
                        new OwnPod(Settings.API.pod()),
                        name -> {
                            throw new AssertionError("asks DNS");
                        },
                        InstantSource.system(),
                        new Threads(System::nanoTime, Math::random))) {
            ControlPlane plane = new ControlPlane(discovery, cluster.admin(), "shop");
            Heard heard = new Heard();
            plane.watch("orders", heard);
            eventually().until(() -> heard.lists.size() == 1);
            long[] joins = new long[ROUNDS];
            long[] leaves = new long[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                DiscoveryBackend.Registration pod =
                        plane.register(ServiceInstance.builder("orders", "orders-" + i, "127.0.0.1", 7001)
                                .build());
                eventually().until(() -> heard.last().size() == 1);
                joins[i] = heard.at - start;
                long end = System.nanoTime();
                pod.close();
                eventually().until(() -> heard.last().isEmpty());
                leaves[i] = heard.at - end;
            }
            assertThat(median("join", joins)).isLessThan(500);
            assertThat(median("leave", leaves)).isLessThan(500);
        }
    }

    private static double median(String what, long[] nanos) {
        Arrays.sort(nanos);
        double median = nanos[ROUNDS / 2] / 1e6;
        System.out.printf("%s: median %.1f ms, max %.1f ms of %d%n", what, median, nanos[ROUNDS - 1] / 1e6, ROUNDS);
        return median;
    }
}
