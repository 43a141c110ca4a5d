/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * How providers are found.
 *
 * @param enabled Whether providers are registered and looked up at all.
 * @param backends Registries to use, in order of preference. By default the one whose module is on the classpath, else local.
 * @param damping Least time between two changes of a service's instances that consumers act on; what happens in between is taken
 *     together.
 * @param linger How long a service is still followed after its last channel went idle or was closed.
 * @param unlistedRetention How long an instance is remembered that vanished from the registry without signing off.
 * @param fixed Addresses of services that are in no registry, as host:port, by service name. Such a service is looked up here only.
 */
@ConfigurationProperties(RpcDiscoveryProperties.PREFIX)
public record RpcDiscoveryProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue List<String> backends,
        @DefaultValue("50ms") Duration damping,
        @DefaultValue("5m") Duration linger,
        @DefaultValue("15m") Duration unlistedRetention,
        @DefaultValue Local local,
        @DefaultValue Map<String, List<String>> fixed,
        @DefaultValue DiskCache diskCache) {

    static final String PREFIX = "rpc.discovery";

    /** Where nothing is configured. */
    static final RpcDiscoveryProperties STANDARD = new RpcDiscoveryProperties(
            true,
            List.of(),
            Duration.ofMillis(50),
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            new Local(null, "default"),
            Map.of(),
            new DiskCache(null, null));

    static RpcDiscoveryProperties of(Environment environment) {
        return WrittenProperties.bind(environment, PREFIX, RpcDiscoveryProperties.class, STANDARD);
    }

    /**
     * The backend for the JVMs of one user on one machine.
     *
     * @param directory Directory in which the JVMs meet; must belong to the user and be closed to others. By default rpc-USER in the
     *     temporary directory of the JVM.
     * @param namespace JVMs with different namespaces do not see each other.
     */
    public record Local(
            @Nullable Path directory,
            @DefaultValue("default") String namespace) {}

    /**
     * The last known instances, kept on disk so that an application can start while the registry is down.
     *
     * @param enabled Whether to keep them. By default only when a registry is used that can be down, so not for local and fixed.
     * @param path Directory for them; must belong to the user and be closed to others. By default
     *     rpc-USER-cache-APPLICATION in the temporary directory of the JVM.
     */
    public record DiskCache(
            @Nullable Boolean enabled, @Nullable Path path) {}
}
