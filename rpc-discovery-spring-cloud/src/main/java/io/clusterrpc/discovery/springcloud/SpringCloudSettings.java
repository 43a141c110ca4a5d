/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.discovery.DiscoveryConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How the registries of Spring Cloud are asked and read.
 *
 * @param interval time between two questions about a service while nothing says that something changed, at least 10 ms
 * @param timeout how long a registry may take to answer before that counts as a failure
 * @param portKeys the metadata keys that may hold the gRPC port, in order of preference
 * @param grpcOnlyServices services whose registered port is the gRPC port if metadata says nothing; {@code *} stands for all
 */
public record SpringCloudSettings(
        Duration interval, Duration timeout, List<String> portKeys, Set<String> grpcOnlyServices) {

    private static final String PREFIX = "rpc.discovery.spring-cloud.";
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** Checks every value. */
    public SpringCloudSettings {
        check("interval", interval);
        check("timeout", timeout);
        portKeys = List.copyOf(portKeys);
        grpcOnlyServices = Set.copyOf(grpcOnlyServices);
        if (portKeys.isEmpty() || portKeys.stream().anyMatch(String::isBlank)) {
            throw new DiscoveryConfigurationException(
                    PREFIX + "port-keys",
                    portKeys + " names no key",
                    "Name at least one metadata key, for example " + Vocabulary.PORT + ".",
                    null);
        }
    }

    private static void check(String property, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new DiscoveryConfigurationException(
                    PREFIX + property,
                    value.toMillis() + "ms (expected: " + SHORTEST.toMillis() + "ms.." + LONGEST.toMinutes() + "m)",
                    "Use a duration like 5s.",
                    null);
        }
    }

    boolean grpcOnly(String service) {
        return grpcOnlyServices.contains(service) || grpcOnlyServices.contains("*");
    }
}
