/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PatientDispatcherTests {

    /** A server that stands still lets requests time out, and refuses them when they come again. */
    @Test
    void aWatchThatEndsWhileEventsAreOnTheirWayHoldsNobodyUp() {
        try (MockCluster cluster = new MockCluster()) {
            for (int i = 0; i < 50; i++) {
                int round = i;
                Watch watch = watch(cluster.admin());
                CompletableFuture<Void> creating =
                        CompletableFuture.runAsync(() -> createSome(cluster.admin(), "round-" + round));
                watch.close();
                assertThatCode(creating::join).doesNotThrowAnyException();
            }
        }
    }

    private static Watch watch(KubernetesClient client) {
        return client.configMaps().inNamespace("shop").watch(new Watcher<ConfigMap>() {

            @Override
            public void eventReceived(Action action, ConfigMap map) {}

            @Override
            public void onClose(WatcherException cause) {}
        });
    }

    private static void createSome(KubernetesClient client, String name) {
        for (int i = 0; i < 4; i++) {
            client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(name + "-" + i)
                            .withNamespace("shop")
                            .endMetadata()
                            .build())
                    .create();
        }
    }
}
