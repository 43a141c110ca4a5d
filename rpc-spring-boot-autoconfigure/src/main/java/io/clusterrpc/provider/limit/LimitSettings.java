/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

/**
 * The range of an adaptive limit, in calls in flight. Immutable.
 *
 * @param initial where it begins, and what it returns to while there is little to do
 * @param min it never falls below
 * @param max it never rises above
 */
public record LimitSettings(int initial, int min, int max) {

    /** Validates the range. */
    public LimitSettings {
        if (min < 1 || initial < min || max < initial) {
            throw new IllegalArgumentException("min, initial, max: " + min + ", " + initial + ", " + max
                    + " (expected: 1 <= min <= initial <= max)");
        }
    }
}
