/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this process runs, as far as it matters to discovery on one machine. */
record Surroundings(boolean isContainer) {

    static Surroundings found() {
        return new Surroundings(
                Files.exists(Path.of("/.dockerenv")) || System.getenv("KUBERNETES_SERVICE_HOST") != null);
    }
}
