/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often a call was sent anew because it had surely reached nobody. Exists only once that happened. Not thread-safe; belongs to
 * the thread that ends or begins an attempt, or to whoever holds the lock of the call.
 */
final class Undeliveries {

    /** More than there can be for any known reason: each takes a connection that ended since it was picked. */
    static final int MOST = 10;

    private int unsent;
    private @Nullable String refusedBy;
    private boolean refused;
    private boolean pending;

    /**
     * Whether the attempt shall be made again at once, as gRPC would: whatever was not sent, but only once what a server refused, as
     * it may have a reason to refuse it again. Another instance is better then.
     */
    boolean repeats(Attempt attempt, Undelivered why) {
        switch (why) {
            case NO -> pending = false;
            case NOT_SENT -> pending = ++unsent <= MOST;
            case REFUSED -> {
                pending = !refused;
                refused = true;
                ServiceInstance instance = attempt.instance();
                refusedBy = instance == null ? null : instance.id();
            }
        }
        return pending;
    }

    /** Ends what {@link #repeats} began; {@code true} if it said so. */
    boolean over() {
        boolean was = pending;
        pending = false;
        return was;
    }

    /** The instances that the next attempt shall avoid. */
    Set<String> avoiding(Set<String> tried) {
        if (refusedBy == null || tried.contains(refusedBy)) {
            return tried;
        }
        Set<String> avoided = new HashSet<>(tried);
        avoided.add(refusedBy);
        return Set.copyOf(avoided);
    }
}
