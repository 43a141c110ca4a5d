/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import io.clusterrpc.ConfigurationMetadataContractTests;
import java.io.IOException;

/** The properties of this backend, and the table of its page. */
class SpringCloudConfigurationMetadataTests extends ConfigurationMetadataContractTests {

    SpringCloudConfigurationMetadataTests() throws IOException {
        super("discovery-spring-cloud.md", "| property under `rpc.discovery.spring-cloud` |");
    }
}
