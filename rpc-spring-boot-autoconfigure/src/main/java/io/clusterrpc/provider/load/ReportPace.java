/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

import java.util.concurrent.atomic.AtomicLong;

/** Lets one report pass per interval, for one connection. Lock-free: of several threads at a time one wins. */
final class ReportPace {

    private final long intervalNanos;
    private final AtomicLong next;

    ReportPace(long intervalNanos, long now) {
        this.intervalNanos = intervalNanos;
        this.next = new AtomicLong(now);
    }

    boolean passes(long now) {
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + intervalNanos);
    }
}
