/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import java.time.Duration;

/**
 * How {@link io.clusterrpc.RpcReadiness} beans are asked. Immutable.
 *
 * @param interval from one answer to the next question
 * @param warnAfter after how long it is worth a warning that a started application is not announced
 */
public record ReadinessSettings(Duration interval, Duration warnAfter) {

    /** Validates the ranges. */
    public ReadinessSettings {
        if (interval.compareTo(Duration.ofMillis(10)) < 0) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: 10 ms or longer)");
        }
        if (warnAfter.isNegative()) {
            throw new IllegalArgumentException("warnAfter: " + warnAfter + " (expected: zero or longer)");
        }
    }
}
