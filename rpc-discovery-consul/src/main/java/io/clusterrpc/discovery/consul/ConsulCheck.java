/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.discovery.DiscoveryConfigurationException;
import java.time.Duration;

/**
 * How Consul finds out that an instance died.
 *
 * @param type who asks whom
 * @param interval time between two calls of the agent, at least 1 s; only for {@link Type#GRPC}
 * @param timeout of one call of the agent; only for {@link Type#GRPC}
 * @param ttl how long an instance counts as alive after its last sign of life, at least 1 s; only for {@link Type#TTL}
 * @param tls whether the agent talks TLS to the gRPC server; only for {@link Type#GRPC}
 * @param tlsSkipVerify whether the agent accepts any certificate; only for {@link Type#GRPC}
 * @param deregisterAfter how long Consul keeps an instance that is not well, at least 1 min
 */
public record ConsulCheck(
        Type type,
        Duration interval,
        Duration timeout,
        Duration ttl,
        boolean tls,
        boolean tlsSkipVerify,
        Duration deregisterAfter) {

    /** Who asks whom. */
    public enum Type {
        /** The agent calls the gRPC health service of the instance. */
        GRPC,
        /** The instance reports to the agent. */
        TTL
    }

    /** A gRPC check every second, removal after a minute. */
    public static final ConsulCheck DEFAULTS = new ConsulCheck(
            Type.GRPC,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            false,
            false,
            Duration.ofMinutes(1));

    /** Checks the floors that Consul applies silently. */
    public ConsulCheck {
        atLeast("interval", interval, Duration.ofSeconds(1));
        atLeast("timeout", timeout, Duration.ofMillis(10));
        atLeast("ttl", ttl, Duration.ofSeconds(1));
        atLeast("deregister-after", deregisterAfter, Duration.ofMinutes(1));
    }

    private static void atLeast(String name, Duration value, Duration floor) {
        if (value.compareTo(floor) < 0) {
            throw new DiscoveryConfigurationException(
                    "rpc.discovery.consul.check." + name,
                    value + " is too short",
                    "Set at least " + floor.toMillis() + "ms: Consul knows nothing shorter.",
                    null);
        }
    }
}
