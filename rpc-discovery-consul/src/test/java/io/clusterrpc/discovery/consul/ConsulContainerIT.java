/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

/** The contract against a newer Consul than Debian has, where there is a Docker engine. */
@Testcontainers(disabledWithoutDocker = true)
class ConsulContainerIT extends ConsulContract {

    private static final int HTTP = 8500;

    @Container
    private static final GenericContainer<?> CONSUL = new GenericContainer<>("hashicorp/consul:1.21")
            .withCommand("agent", "-dev", "-client=0.0.0.0")
            .withExposedPorts(HTTP)
            .waitingFor(
                    Wait.forHttp("/v1/catalog/nodes").forPort(HTTP).forResponsePredicate(nodes -> !nodes.equals("[]")));

    @Override
    int port() {
        return CONSUL.getMappedPort(HTTP);
    }
}
