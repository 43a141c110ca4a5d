/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.Network;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this application announces about the gRPC services that it serves. The name under which consumers find it is
 * {@code spring.application.name}.
 *
 * @param enabled Whether this library takes part in the life of the gRPC server at all: registration, drain, the check that a
 *     request was meant for this instance.
 * @param register Whether consumers are told of this application.
 * @param host Host name or IP address to advertise. Found by itself if not set; does not apply to registries for one machine.
 * @param port Port to advertise, where it is not the port that the server listens on (port mapping, a proxy in front).
 * @param network Network whose address to advertise: an address prefix like 10.0.0.0/8, or the name of a network interface.
 * @param zone Failure domain this application runs in. Set by rpc.zone if not set here.
 * @param version Version of the application. Taken from the build information or spring.application.version if not set.
 * @param weight Static share of the traffic relative to the other instances, 0 (no traffic) to 1000.
 * @param tags Free key/value pairs that consumers can route by.
 * @param drain How this application leaves.
 */
@ConfigurationProperties("rpc.provider")
public record RpcProviderProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean register,
        @Nullable String host,
        @Nullable Integer port,
        @Nullable String network,
        @Nullable String zone,
        @Nullable String version,
        @DefaultValue("100") int weight,
        @DefaultValue Map<String, String> tags,
        @DefaultValue Drain drain) {

    /** Validates the ranges and copies the tags. */
    public RpcProviderProperties {
        if (host != null && (host.isBlank() || host.contains("/") || host.matches("[^:]*:\\d*"))) {
            throw new IllegalArgumentException("rpc.provider.host: '" + host
                    + "' (expected: a host name or an IP address; the port belongs to rpc.provider.port)");
        }
        if (port != null && (port < 1 || port > 65535)) {
            throw new IllegalArgumentException("rpc.provider.port: " + port + " (expected: 1..65535)");
        }
        if (network != null) {
            Network.of(network);
        }
        if (weight < 0 || weight > 1000) {
            throw new IllegalArgumentException("rpc.provider.weight: " + weight + " (expected: 0..1000)");
        }
        tags = Map.copyOf(tags);
    }

    /**
     * How this application leaves. The time for the calls in flight is {@code spring.grpc.server.shutdown.grace-period}.
     *
     * @param notice How long to serve on after consumers were told that this application leaves. As long as the registry in use
     *     needs to tell them if not set.
     */
    public record Drain(@Nullable Duration notice) {

        /** Validates the range. */
        public Drain {
            if (notice != null && notice.isNegative()) {
                throw new IllegalArgumentException(
                        "rpc.provider.drain.notice: " + notice + " (expected: zero or longer)");
            }
        }
    }
}
