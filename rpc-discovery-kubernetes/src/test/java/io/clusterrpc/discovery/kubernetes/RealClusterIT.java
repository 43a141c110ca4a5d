/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The contract against the API server that KUBECONFIG names, in a namespace that is created for it and deleted afterwards, or, with
 * {@code -Dkubernetes.it.namespace}, in one that exists.
 */
@EnabledIfSystemProperty(named = "kubernetes.it", matches = "true", disabledReason = "only with -Dkubernetes.it=true")
class RealClusterIT extends SliceContract {

    private static KubernetesClient client;
    private static String namespace;
    private static boolean created;

    @BeforeAll
    static void createNamespace() {
        client = new KubernetesClientBuilder()
                .withConfig(Config.autoConfigure(null))
                .build();
        namespace = System.getProperty("kubernetes.it.namespace", "");
        if (namespace.isEmpty()) {
            created = true;
            namespace = client.namespaces()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withGenerateName("rpc-discovery-it-")
                            .endMetadata()
                            .build())
                    .create()
                    .getMetadata()
                    .getName();
        }
    }

    @AfterAll
    static void deleteNamespace() {
        if (created) {
            client.namespaces().withName(namespace).delete();
        }
        if (client != null) {
            client.close();
        }
    }

    @Override
    KubernetesClient admin() {
        return client;
    }

    @Override
    String namespace() {
        return namespace;
    }

    /** At the end of a wire the server's certificate is for another name. */
    @Override
    Config consumer(String url) {
        Config config = Config.autoConfigure(null);
        config.setMasterUrl(url);
        config.setTrustCerts(true);
        return config;
    }
}
