/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens the cluster when it is first asked, and again later if that failed. Thread-safe; blocks. */
final class ClusterAccess {

    private final Supplier<Cluster> opening;
    private @Nullable Cluster cluster;
    private boolean closed;

    ClusterAccess(Supplier<Cluster> opening) {
        this.opening = opening;
    }

    /**
     * The cluster.
     *
     * @throws RuntimeException if its configuration cannot be used
     */
    synchronized Cluster get() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        Cluster open = cluster;
        if (open == null) {
            open = opening.get();
            cluster = open;
        }
        return open;
    }

    synchronized void close() {
        closed = true;
        if (cluster != null) {
            cluster.close();
        }
    }
}
