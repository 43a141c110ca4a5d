/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

/**
 * How much a reference may add to the load by further attempts: the larger of a share of its calls and a fixed number.
 *
 * @param percent further attempts in percent of the calls of the same two seconds
 * @param minPerSecond further attempts a second, on average over two, that are allowed however few calls there are
 */
public record RetryBudgetPolicy(double percent, int minPerSecond) {

    /** A fifth of the calls, or ten a second. */
    public static final RetryBudgetPolicy DEFAULTS = new RetryBudgetPolicy(20, 10);

    /** Validates the numbers. */
    public RetryBudgetPolicy {
        if (!(percent >= 0 && percent <= 1000)) {
            throw new IllegalArgumentException("percent: " + percent + " (expected: 0..1000)");
        }
        if (minPerSecond < 0) {
            throw new IllegalArgumentException("min per second: " + minPerSecond + " (expected: >= 0)");
        }
    }
}
