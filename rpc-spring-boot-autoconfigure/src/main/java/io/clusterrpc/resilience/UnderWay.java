/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The attempts and timers of a {@link ParallelCall} that are not over yet. Guarded by its lock. */
final class UnderWay<ReqT, RespT> {

    private final List<ParallelAttempt<ReqT, RespT>> attempts = new ArrayList<>(3);
    private final List<Future<?>> timers = new ArrayList<>(2);

    /** Adds one that will begin, perhaps after a while. */
    void add(ParallelAttempt<ReqT, RespT> attempt) {
        attempts.add(attempt);
    }

    /** Whether it was still there. */
    boolean remove(ParallelAttempt<ReqT, RespT> attempt) {
        return attempts.remove(attempt);
    }

    boolean has(ParallelAttempt<ReqT, RespT> attempt) {
        return attempts.contains(attempt);
    }

    /** The attempt with a number, if it is not over. */
    @Nullable
    ParallelAttempt<ReqT, RespT> numbered(int number) {
        for (ParallelAttempt<ReqT, RespT> attempt : attempts) {
            if (attempt.attempt.number() == number) {
                return attempt;
            }
        }
        return null;
    }

    void add(Future<?> timer) {
        timers.removeIf(Future::isDone);
        timers.add(timer);
    }

    /** What ends all of it; not to be run under the lock. Attempts stay until they end. */
    List<Runnable> endings() {
        List<Runnable> endings = new ArrayList<>();
        for (Future<?> timer : timers) {
            endings.add(() -> timer.cancel(false));
        }
        timers.clear();
        for (ParallelAttempt<ReqT, RespT> attempt : attempts) {
            Runnable cutShort = attempt.cutShort();
            if (cutShort != null) {
                endings.add(cutShort);
            }
        }
        return endings;
    }
}
