/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;

/**
 * The contract against fabric8's server. Each test has one of its own, since a connection that is reset may leave it without a thread that
 * answers.
 */
class MockClusterIT extends SliceContract {

    private static final List<MockCluster> CLUSTERS = new CopyOnWriteArrayList<>();

    private final MockCluster cluster = new MockCluster();

    MockClusterIT() {
        CLUSTERS.add(cluster);
    }

    @AfterAll
    static void stop() {
        CLUSTERS.forEach(MockCluster::close);
        CLUSTERS.clear();
    }

    @Override
    KubernetesClient admin() {
        return cluster.admin();
    }

    @Override
    String namespace() {
        return "shop";
    }

    @Override
    Config consumer(String url) {
        return MockCluster.config(url);
    }

    /** This server tells a new watch what there is, but not what was deleted since the list. */
    @Override
    protected boolean tellsWhatChangedMeanwhile() {
        return false;
    }
}
