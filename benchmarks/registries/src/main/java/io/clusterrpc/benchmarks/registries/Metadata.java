/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.registries;

import java.time.Instant;
import java.util.Map;

/** What a provider of ours says of itself in a registry of Spring Cloud, as far as the experiment needs it. */
final class Metadata {

    private Metadata() {}

    static Map<String, String> of(String id, int port) {
        return Map.of(
                "rpc_id",
                id,
                "gRPC_port",
                String.valueOf(port),
                "rpc_start",
                Instant.now().toString());
    }
}
