/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.kubernetes;

import io.clusterrpc.ConfigurationMetadataContractTests;
import java.io.IOException;

/** The properties of this backend, and the table of its page. */
class KubernetesConfigurationMetadataTests extends ConfigurationMetadataContractTests {

    KubernetesConfigurationMetadataTests() throws IOException {
        super("discovery-kubernetes.md", "| property under `rpc.discovery.kubernetes` |");
    }
}
