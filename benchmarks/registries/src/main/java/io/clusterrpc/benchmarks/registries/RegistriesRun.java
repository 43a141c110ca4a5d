/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.registries;

import io.clusterrpc.benchmarks.discovery.ChangesRun;
import io.clusterrpc.benchmarks.discovery.Registry;
import java.nio.file.Files;
import java.nio.file.Path;

/** Joins and leaves in the registry that is named. */
final class RegistriesRun {

    private RegistriesRun() {}

    /** Arguments: the folder for the samples, and the registry: kubernetes, eureka or zookeeper. */
    public static void main(String[] args) throws Exception {
        Path results = Files.createDirectories(Path.of(args[0]));
        switch (args[1]) {
            case "kubernetes" -> measure(results, new KubernetesRegistry(results.resolve("kubeconfig")), 250);
            // Its clients fetch once a second: changes at all moments of a second.
            case "eureka" -> measure(results, new EurekaRegistry(), 1_000);
            case "zookeeper" -> measure(results, new ZooKeeperRegistry(), 250);
            default -> throw new IllegalArgumentException(args[1] + " (expected: kubernetes, eureka, zookeeper)");
        }
    }

    private static void measure(Path results, Registry registry, long quietMillis) throws Exception {
        try (registry) {
            ChangesRun.run(results, registry, quietMillis);
        }
        System.exit(0); // fabric8's server leaves threads behind
    }
}
