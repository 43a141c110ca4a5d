/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds back instances that come and go. The fourth coming or going of an instance within 10 s holds it back for one second; every
 * further one within 10 s of three others doubles that, up to 30 s, and starts it anew. A minute without any is
 * forgiven. Only coming is held back: going takes effect at once. Not thread-safe: owned by a {@link Roster}.
 */
final class FlapGuard {

    private static final int TOO_MANY = 4;
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);
    private static final long FIRST_HOLD = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_HOLD = TimeUnit.SECONDS.toNanos(30);
    private static final long FORGIVEN_AFTER = TimeUnit.SECONDS.toNanos(60);

    private static final class History {
        private final ArrayDeque<Long> changes = new ArrayDeque<>(TOO_MANY);
        private long hold;
        private long heldUntil;
        private long last;
    }

    private final Map<String, History> histories = new HashMap<>();

    /** Notes that an instance came or went. */
    void changed(String id, long now) {
        History history = histories.computeIfAbsent(id, unused -> new History());
        history.last = now;
        history.changes.addLast(now);
        if (history.changes.size() > TOO_MANY) {
            history.changes.removeFirst();
        }
        if (history.changes.size() == TOO_MANY && now - history.changes.getFirst() <= WINDOW) {
            history.hold = history.hold == 0 ? FIRST_HOLD : Math.min(2 * history.hold, LONGEST_HOLD);
            history.heldUntil = now + history.hold;
        }
    }

    /** Until when an instance is held back, {@code null} if it is not. */
    @Nullable
    Long heldUntil(String id, long now) {
        History history = histories.get(id);
        if (history == null || history.hold == 0 || now - history.heldUntil >= 0) {
            return null;
        }
        return history.heldUntil;
    }

    void forgive(long now) {
        if (!histories.isEmpty()) {
            histories.values().removeIf(history -> now - history.last >= FORGIVEN_AFTER);
        }
    }
}
