/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Two instances that stay, so that there is always somebody to call. */
final class Members implements AutoCloseable {

    private final List<PlainServer> servers = new ArrayList<>();
    final List<Registry.Membership> memberships = new ArrayList<>();

    Members(Registry registry) throws IOException {
        for (String id : List.of("a", "b")) {
            PlainServer server = new PlainServer();
            servers.add(server);
            memberships.add(registry.join(id, server.port()));
        }
    }

    @Override
    public void close() {
        servers.forEach(PlainServer::close);
    }
}
