/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.clusterrpc.ServiceInstance;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a listener throws away from the call, and logs it once per listener. A listener whose library does not fit fails with
 * a {@link LinkageError}, which is no reason to leave a caller without an end either. Counts what happens seldom and is shown
 * without meters, too. Thread-safe.
 */
final class GuardedCallListener implements CallListener {

    private static final Logger logger = LoggerFactory.getLogger(GuardedCallListener.class);

    private record Guarded(CallListener listener, AtomicBoolean failed) {

        void failed(Throwable e) {
            if (failed.compareAndSet(false, true)) {
                logger.warn(
                        "{} threw; calls go on, further failures of it are not logged",
                        listener.getClass().getName(),
                        e);
            }
        }
    }

    private final Guarded[] listeners;
    private final LongAdder undelivered = new LongAdder();

    GuardedCallListener(Collection<? extends CallListener> listeners) {
        this.listeners = listeners.stream()
                .map(listener -> new Guarded(listener, new AtomicBoolean()))
                .toArray(Guarded[]::new);
    }

    @Override
    public void attemptEnded(
            String reference,
            MethodDescriptor<?, ?> method,
            @Nullable ServiceInstance instance,
            int attempt,
            Status.Code code,
            long nanos) {
        for (Guarded each : listeners) {
            try {
                each.listener.attemptEnded(reference, method, instance, attempt, code, nanos);
            } catch (RuntimeException | LinkageError e) {
                each.failed(e);
            }
        }
    }

    @Override
    public void failedOver(
            String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance from, Status.Code code) {
        for (Guarded each : listeners) {
            try {
                each.listener.failedOver(reference, method, from, code);
            } catch (RuntimeException | LinkageError e) {
                each.failed(e);
            }
        }
    }

    @Override
    public void undelivered(String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance instance) {
        undelivered.increment();
        for (Guarded each : listeners) {
            try {
                each.listener.undelivered(reference, method, instance);
            } catch (RuntimeException | LinkageError e) {
                each.failed(e);
            }
        }
    }

    /** How many attempts that reached nobody were made again. */
    long undelivered() {
        return undelivered.sum();
    }

    @Override
    public void retryRefused(String reference, MethodDescriptor<?, ?> method, Status.Code code) {
        for (Guarded each : listeners) {
            try {
                each.listener.retryRefused(reference, method, code);
            } catch (RuntimeException | LinkageError e) {
                each.failed(e);
            }
        }
    }

    @Override
    public void hedged(String reference, MethodDescriptor<?, ?> method) {
        for (Guarded each : listeners) {
            try {
                each.listener.hedged(reference, method);
            } catch (RuntimeException | LinkageError e) {
                each.failed(e);
            }
        }
    }

    @Override
    public void fellBack(String reference, MethodDescriptor<?, ?> method, Status.Code code) {
        for (Guarded each : listeners) {
            try {
                each.listener.fellBack(reference, method, code);
            } catch (RuntimeException | LinkageError e) {
                each.failed(e);
            }
        }
    }

    @Override
    public void disagreed(String reference, MethodDescriptor<?, ?> method) {
        for (Guarded each : listeners) {
            try {
                each.listener.disagreed(reference, method);
            } catch (RuntimeException | LinkageError e) {
                each.failed(e);
            }
        }
    }

    @Override
    public void callEnded(
            String reference,
            MethodDescriptor<?, ?> method,
            Outcome outcome,
            Status.Code code,
            int attempts,
            long nanos) {
        for (Guarded each : listeners) {
            try {
                each.listener.callEnded(reference, method, outcome, code, attempts, nanos);
            } catch (RuntimeException | LinkageError e) {
                each.failed(e);
            }
        }
    }
}
