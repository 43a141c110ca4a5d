/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.Subscription;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers news to one listener in the order in which they were put in, one at a time, on the thread of whoever finds the listener
 * free. Put in while holding the lock that orders the news, deliver after releasing it: so the listener runs without a lock, and
 * what it does cannot dead-lock. A listener that throws is logged and gets the next news all the same.
 */
final class Outbox<T> implements Subscription {

    private static final Logger logger = LoggerFactory.getLogger(Outbox.class);

    private final String about;
    private final Consumer<? super T> listener;
    private final Consumer<Outbox<T>> onClose;
    private final Queue<T> news = new ConcurrentLinkedQueue<>();
    private final AtomicInteger deliveries = new AtomicInteger();
    private volatile boolean closed;

    Outbox(String about, Consumer<? super T> listener, Consumer<Outbox<T>> onClose) {
        this.about = about;
        this.listener = listener;
        this.onClose = onClose;
    }

    void put(T next) {
        news.add(next);
    }

    void deliver() {
        int seen = deliveries.incrementAndGet();
        if (seen != 1) {
            return;
        }
        do {
            for (T next = news.poll(); next != null; next = news.poll()) {
                tell(next);
            }
            seen = deliveries.addAndGet(-seen);
        } while (seen != 0);
    }

    private void tell(T next) {
        if (closed) {
            return;
        }
        try {
            listener.accept(next);
        } catch (Throwable ex) {
            logger.warn("A listener for {} failed", about, ex);
        }
    }

    @Override
    public void close() {
        boolean first;
        synchronized (this) {
            first = !closed;
            closed = true;
        }
        if (first) {
            onClose.accept(this);
        }
    }
}
