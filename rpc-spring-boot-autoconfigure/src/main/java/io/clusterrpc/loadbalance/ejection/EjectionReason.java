/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

/** Why an instance was ejected. */
public enum EjectionReason {
    /** It failed several calls one after the other. */
    CONSECUTIVE_FAILURES,
    /** It failed too large a share of its recent calls. */
    ERROR_RATE,
    /** It is many times slower than its peers. */
    LATENCY,
    /** Calls are under way, and nothing at all came back, nor an answer to a health call. */
    SILENCE
}
