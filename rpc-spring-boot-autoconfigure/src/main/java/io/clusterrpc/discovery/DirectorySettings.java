/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Directory} behaves.
 *
 * @param damping least time between two notifications about one service; changes in between are told together at its end
 * @param linger how long a service is still followed after its last subscriber left
 * @param unlistedRetention how long an instance is remembered that vanished from the registry without leaving
 * @param diskCache where the last known lists are kept across restarts, {@code null} for nowhere
 */
public record DirectorySettings(
        Duration damping,
        Duration linger,
        Duration unlistedRetention,
        @Nullable Path diskCache) {

    /** 50 ms, 5 min, 15 min, no disk cache. */
    public static final DirectorySettings DEFAULTS =
            new DirectorySettings(Duration.ofMillis(50), Duration.ofMinutes(5), Duration.ofMinutes(15), null);

    /** Checks the durations. */
    public DirectorySettings {
        requireNotNegative("damping", damping);
        requireNotNegative("linger", linger);
        requireNotNegative("unlisted-retention", unlistedRetention);
    }

    private static void requireNotNegative(String name, Duration duration) {
        if (duration.isNegative()) {
            throw new DiscoveryConfigurationException(
                    "rpc.discovery." + name, duration + " is negative", "Set a duration of 0 or more.", null);
        }
    }
}
