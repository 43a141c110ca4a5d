/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract against the Consul that {@code test.sh} installs. */
class ConsulDiscoveryIT extends ConsulContract {

    private static ConsulAgent agent;

    @BeforeAll
    static void startConsul() {
        agent = new ConsulAgent().start();
    }

    @AfterAll
    static void stopConsul() {
        if (agent != null) {
            agent.close();
        }
    }

    @Override
    int port() {
        return agent.port();
    }
}
