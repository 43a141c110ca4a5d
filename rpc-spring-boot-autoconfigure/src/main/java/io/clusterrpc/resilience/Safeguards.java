/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;

/**
 * What the calls of one reference are given by Resilience4j's registries and by beans of the application. Immutable.
 *
 * @param breaker the circuit breaker, see {@link ReferenceDefaults}
 * @param retry the retry, see {@link ReferenceDefaults}; its result predicate is not asked
 * @param fallbacks who answers failed calls
 */
public record Safeguards(CircuitBreaker breaker, Retry retry, Fallbacks fallbacks) {}
