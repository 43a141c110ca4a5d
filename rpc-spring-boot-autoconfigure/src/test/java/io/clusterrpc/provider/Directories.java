/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.util.List;

/** Makes directories for tests. */
public final class Directories {

    private Directories() {}

    public static Directory of(DiscoveryBackend backend) {
        return new Directory(
                List.of(backend), java.util.Map.of(), io.clusterrpc.discovery.DirectorySettings.DEFAULTS, List.of());
    }
}
