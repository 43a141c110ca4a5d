/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import java.time.Duration;

/**
 * The range of an adaptive limit, in calls in flight, and what it puts up with. Immutable.
 *
 * @param initial where it begins, and what it returns to while there is little to do
 * @param min it never falls below
 * @param max it never rises above
 * @param acceptableLatency as long as calls take less on average it does not fall, however fast they are without load
 */
public record LimitSettings(int initial, int min, int max, Duration acceptableLatency) {

    /**
     * More than fast calls take while some dozens of callers keep all processors busy, or while the processors stand still for a moment; less than
     * a caller of fast calls would notice as an outage.
     */
    public static final Duration ACCEPTABLE_LATENCY = Duration.ofMillis(25);

    /** Validates the range. */
    public LimitSettings {
        if (min < 1 || initial < min || max < initial) {
            throw new IllegalArgumentException("min, initial, max: " + min + ", " + initial + ", " + max
                    + " (expected: 1 <= min <= initial <= max)");
        }
        if (acceptableLatency.isNegative()) {
            throw new IllegalArgumentException("acceptableLatency: " + acceptableLatency + " (expected: 0 or longer)");
        }
    }
}
