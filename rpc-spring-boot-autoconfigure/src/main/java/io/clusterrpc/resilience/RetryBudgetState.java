/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

/**
 * What a retry budget looks like at one moment.
 *
 * @param calls calls that began in the last two seconds
 * @param retries further attempts of the same time, hedges included
 * @param allowed how many there may be
 * @param refused how many were refused since the start
 */
public record RetryBudgetState(long calls, long retries, long allowed, long refused) {}
