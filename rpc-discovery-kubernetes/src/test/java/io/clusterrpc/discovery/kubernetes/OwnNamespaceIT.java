/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That what {@link RealClusterIT} creates is gone afterwards, and what it did not create is not. */
class OwnNamespaceIT {

    private static final String PROPERTY = "kubeconfig";

    private final MockCluster cluster = new MockCluster();

    @BeforeEach
    void name(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: mock
                contexts: [{name: mock, context: {cluster: mock, user: me}}]
                clusters: [{name: mock, cluster: {server: "%s"}}]
                users: [{name: me, user: {token: secret-token}}]
                """.formatted(cluster.admin().getMasterUrl()));
        System.setProperty(PROPERTY, file.toString());
    }

    @AfterEach
    void close() {
        System.clearProperty(PROPERTY);
        cluster.close();
    }

    private boolean exists(String namespace) {
        return cluster.admin().namespaces().withName(namespace).get() != null;
    }

    @Test
    void createsOneAndDeletesIt() {
        OwnNamespace own = new OwnNamespace("");
        String name = own.name();
        try (own) {
            assertThat(name).startsWith("rpc-discovery-it-").hasSizeGreaterThan("rpc-discovery-it-".length());
            assertThat(exists(name)).isTrue();
            own.client()
                    .resource(Slices.slice("orders", "orders-1", Slices.ready("a", "10.9.9.9"))
                            .edit()
                            .editMetadata()
                            .withNamespace(name)
                            .endMetadata()
                            .build())
                    .create();
        }
        assertThat(exists(name)).isFalse();
    }

    @Test
    void leavesOneThatExistedAsItIs() {
        String name;
        try (OwnNamespace existing = new OwnNamespace("")) {
            name = existing.name();
            new OwnNamespace(name).close();
            assertThat(exists(name)).isTrue();
        }
    }
}
