/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import java.time.Duration;

/**
 * Lets a burst pass: many calls at once after a calm time are worked off before they are worth a refusal, and the limit, which
 * fits what was going on before, says nothing about them. A queue that stays is no burst. Thread-safe; races cost a call or two.
 */
final class Burst {

    private static final long CALM_NANOS = Duration.ofSeconds(1).toNanos();

    private final long nanos;
    private volatile boolean any;
    private volatile long began;
    private volatile long last;

    Burst(Duration length) {
        this.nanos = length.toNanos();
    }

    /** Whether a call that arrives while too many are in flight is part of a burst. */
    boolean covers(long now) {
        if (!any || now - last > CALM_NANOS) {
            any = true;
            began = now;
        }
        last = now;
        return now - began < nanos;
    }
}
