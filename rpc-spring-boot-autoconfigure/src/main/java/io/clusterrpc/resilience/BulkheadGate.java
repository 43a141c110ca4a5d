/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The permissions of a bulkhead, and the calls that wait for one, first come first served. A bulkhead of Resilience4j blocks the
 * thread of whoever waits: so it is told not to let anybody wait, and calls wait here, without a thread.
 *
 * <p>The bulkhead is asked under the lock of this object, so that it is known whether a permission was taken even when an event
 * consumer throws in between. Thread-safe.
 */
final class BulkheadGate {

    private static final Logger logger = LoggerFactory.getLogger(BulkheadGate.class);

    /** Who may wait. */
    interface Waiting {

        /** Tells it that it has a permission; {@code false} if it does not want it any more. */
        boolean letIn();
    }

    final Bulkhead bulkhead;
    final Duration maxWait;
    private final String reference;
    private final AtomicBoolean threw = new AtomicBoolean();

    // Guarded by this
    private final Set<Waiting> waiting = new LinkedHashSet<>();

    BulkheadGate(String reference, Bulkhead bulkhead) {
        this.reference = reference;
        this.bulkhead = bulkhead;
        BulkheadConfig config = bulkhead.getBulkheadConfig();
        this.maxWait = config.getMaxWaitDuration();
        if (!maxWait.isZero()) {
            bulkhead.changeConfig(
                    BulkheadConfig.from(config).maxWaitDuration(Duration.ZERO).build());
        }
    }

    /** Takes a permission at once, for somebody who never waits or has waited long enough. */
    synchronized boolean tryEnter() {
        return take();
    }

    /** Takes a permission, or has somebody wait for one behind all others. */
    synchronized boolean enterOrWait(Waiting who) {
        if (waiting.isEmpty() && hasRoom() && take()) {
            return true;
        }
        waiting.add(who);
        return false;
    }

    synchronized void stopWaiting(Waiting who) {
        waiting.remove(who);
    }

    /** Gives a permission back, or on to the next who wants it. */
    void leave() {
        Waiting next;
        do {
            next = next();
        } while (next != null && !next.letIn());
    }

    private synchronized @Nullable Waiting next() {
        try {
            bulkhead.onComplete();
        } catch (RuntimeException | LinkageError e) {
            threw(e); // an event consumer; the permission was given back before
        }
        Iterator<Waiting> first = waiting.iterator();
        if (!first.hasNext() || !hasRoom() || !take()) {
            return null;
        }
        Waiting next = first.next();
        first.remove();
        return next;
    }

    private boolean hasRoom() {
        return bulkhead.getMetrics().getAvailableConcurrentCalls() > 0;
    }

    private boolean take() {
        boolean room = hasRoom();
        try {
            return bulkhead.tryAcquirePermission();
        } catch (RuntimeException | LinkageError e) {
            threw(e);
            return room;
        }
    }

    private void threw(Throwable e) {
        if (threw.compareAndSet(false, true)) {
            logger.warn(
                    "Reference '{}': the bulkhead '{}' threw, check its event consumers; calls go on, further failures of it"
                            + " are not logged",
                    reference,
                    bulkhead.getName(),
                    e);
        }
    }
}
