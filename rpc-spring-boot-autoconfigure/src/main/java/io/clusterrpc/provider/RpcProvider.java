/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.ServiceInstance;
import java.util.List;
import java.util.function.UnaryOperator;

/** What this application announces to consumers: a view for operations, and a handle to change it while running. Thread-safe. */
public interface RpcProvider {

    /**
     * The servers of this application, one element per port. A server appears when it started and disappears when it stopped.
     *
     * @return an immutable snapshot, empty before the first server started
     */
    List<RpcProviderState> states();

    /**
     * Changes what is announced (weight, tags, role ...) for every running server, until it stops: a server that starts later
     * announces the configured values again.
     *
     * @param change makes the new record from the current one; must keep service, id, host and port
     * @throws IllegalArgumentException if the new record has another service, id, host or port; nothing was changed then
     */
    void update(UnaryOperator<ServiceInstance> change);
}
