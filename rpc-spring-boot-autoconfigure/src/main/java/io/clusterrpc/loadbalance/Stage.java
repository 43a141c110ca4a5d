/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.util.List;

/** One step from all connected endpoints towards those among which the algorithm chooses. Stateless once made, thread-safe. */
@FunctionalInterface
interface Stage {

    /**
     * Leaves out endpoints.
     *
     * @param endpoints what the stages before left, not empty
     * @param grpcService full name of the gRPC service called
     * @return those that may stay; the same list if all may
     */
    List<ReadyEndpoint> narrow(List<ReadyEndpoint> endpoints, String grpcService);
}
