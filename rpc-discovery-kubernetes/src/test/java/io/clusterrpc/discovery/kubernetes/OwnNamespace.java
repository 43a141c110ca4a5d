/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/**
 * A namespace of the API server that KUBECONFIG (or the system property {@code kubeconfig}) names: one that exists, or one that is created
 * here and deleted when closed.
 */
final class OwnNamespace implements AutoCloseable {

    private final KubernetesClient client;
    private final String name;
    private final boolean created;

    /** @param existing its name, empty for one of its own */
    OwnNamespace(String existing) {
        client = new KubernetesClientBuilder()
                .withConfig(Config.autoConfigure(null))
                .build();
        created = existing.isEmpty();
        try {
            name = created ? create() : existing;
        } catch (RuntimeException ex) {
            client.close();
            throw ex;
        }
    }

    private String create() {
        return client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("rpc-discovery-it-")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
    }

    KubernetesClient client() {
        return client;
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        try (client) {
            if (created) {
                client.namespaces().withName(name).delete();
            }
        }
    }
}
