/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

/**
 * Where the figures of a report come from that are not counted here. Read by threads that answer calls: must not block or throw.
 */
interface LoadSource {

    /** Calls in flight now, the asking one included; 0 if nobody counts them. */
    int inFlight();

    /** How many may be in flight; 0 if there is no limit. */
    int limit();

    /** Processor time of this process so far; negative if unknown. */
    long cpuNanos();

    /** How many processors it may use. */
    int processors();
}
