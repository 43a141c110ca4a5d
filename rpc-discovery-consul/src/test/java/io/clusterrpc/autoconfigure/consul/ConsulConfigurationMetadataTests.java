/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.consul;

import io.clusterrpc.ConfigurationMetadataContractTests;
import java.io.IOException;

/** The properties of this backend, and the table of its page. */
class ConsulConfigurationMetadataTests extends ConfigurationMetadataContractTests {

    ConsulConfigurationMetadataTests() throws IOException {
        super("discovery-consul.md", "| property under `rpc.discovery.consul` |");
    }
}
