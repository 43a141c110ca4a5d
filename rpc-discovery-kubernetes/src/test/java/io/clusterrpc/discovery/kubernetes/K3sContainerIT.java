/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** The contract against a small Kubernetes, where there is a Docker engine that may run it (it needs privileges). */
@Testcontainers(disabledWithoutDocker = true)
class K3sContainerIT extends SliceContract {

    @Container
    private static final K3sContainer K3S = new K3sContainer(DockerImageName.parse("rancher/k3s:v1.33.4-k3s1"));

    private static KubernetesClient admin;

    @BeforeAll
    static void connect() {
        admin = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(K3S.getKubeConfigYaml()))
                .build();
    }

    @AfterAll
    static void disconnect() {
        if (admin != null) {
            admin.close();
        }
    }

    @Override
    KubernetesClient admin() {
        return admin;
    }

    @Override
    String namespace() {
        return "default";
    }

    /** At the end of a wire the server's certificate is for another name. */
    @Override
    Config consumer(String url) {
        Config config = Config.fromKubeconfig(K3S.getKubeConfigYaml());
        config.setMasterUrl(url);
        config.setTrustCerts(true);
        return config;
    }
}
