/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.discovery.kubernetes.KubernetesSettings.AddressFamily;
import io.clusterrpc.discovery.kubernetes.KubernetesSettings.Mode;
import java.time.Duration;

/** Settings for tests. */
final class Settings {

    static final KubernetesSettings API = of(Mode.API, AddressFamily.IPV4);

    private Settings() {}

    static KubernetesSettings of(Mode mode, AddressFamily family) {
        return new KubernetesSettings(
                mode,
                null,
                "grpc",
                family,
                null,
                null,
                Duration.ofMinutes(1),
                new KubernetesSettings.Dns(9090, Duration.ofSeconds(1), "cluster.local"),
                new KubernetesSettings.Pod(null, null));
    }
}
