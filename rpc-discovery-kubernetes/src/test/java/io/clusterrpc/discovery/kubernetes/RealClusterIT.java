/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The contract against the API server that KUBECONFIG names, in a namespace that is created for it and deleted afterwards, or, with
 * {@code -Dkubernetes.it.namespace}, in one that exists.
 */
@EnabledIfSystemProperty(named = "kubernetes.it", matches = "true", disabledReason = "only with -Dkubernetes.it=true")
class RealClusterIT extends SliceContract {

    private static OwnNamespace own;

    @BeforeAll
    static void createNamespace() {
        own = new OwnNamespace(System.getProperty("kubernetes.it.namespace", ""));
    }

    @AfterAll
    static void deleteNamespace() {
        if (own != null) {
            own.close();
        }
    }

    @Override
    KubernetesClient admin() {
        return own.client();
    }

    @Override
    String namespace() {
        return own.name();
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
