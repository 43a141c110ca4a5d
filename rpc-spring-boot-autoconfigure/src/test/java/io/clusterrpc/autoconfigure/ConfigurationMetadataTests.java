/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.ConfigurationMetadataContractTests;
import java.io.IOException;

/** The properties of the library, and the one table of all defaults. */
class ConfigurationMetadataTests extends ConfigurationMetadataContractTests {

    ConfigurationMetadataTests() throws IOException {
        super("defaults.md", "| what | default | property |");
    }
}
