/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import java.time.Duration;
import java.util.Set;

/**
 * The threads of handlers. Immutable.
 *
 * @param threads how many there are at most
 * @param maxWait how long a call may wait for one before further calls are refused
 * @param nonBlocking full names of gRPC services or methods whose handlers need none, {@value #ALL} for all
 */
public record HandlerSettings(int threads, Duration maxWait, Set<String> nonBlocking) {

    /** In the place of a name: every service. */
    public static final String ALL = "*";

    /** Validates the ranges and copies the names. */
    public HandlerSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: 1 or more)");
        }
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("maxWait: " + maxWait + " (expected: zero or longer)");
        }
        nonBlocking = Set.copyOf(nonBlocking);
    }
}
