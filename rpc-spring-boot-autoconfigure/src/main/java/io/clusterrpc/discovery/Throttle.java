/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import org.jspecify.annotations.Nullable;

/** Lets the first of several changes pass at once and the rest together when the window is over. Not thread-safe. */
final class Throttle {

    private final long windowNanos;
    private @Nullable Long lastPassed;

    Throttle(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    /** Notes a passage if one is allowed now. */
    boolean tryPass(long now) {
        if (lastPassed != null && now - (lastPassed + windowNanos) < 0) {
            return false;
        }
        lastPassed = now;
        return true;
    }

    /** When the next one may pass, after one was refused. */
    long opensAt(long now) {
        return lastPassed == null ? now : lastPassed + windowNanos;
    }
}
