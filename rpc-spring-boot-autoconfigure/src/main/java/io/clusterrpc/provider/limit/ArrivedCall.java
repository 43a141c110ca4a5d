/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import io.grpc.Context;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A request from its arrival at the transport, before it waits for a thread, until it is answered. In flight all the time, and
 * also after its caller gave it up, as long as the handler's thread works on it. Thread-safe.
 */
final class ArrivedCall extends ServerStreamTracer {

    /** Where the context of a request carries it. */
    static final Context.Key<ArrivedCall> KEY = Context.key("io.clusterrpc.arrived");

    private static final AtomicIntegerFieldUpdater<ArrivedCall> STATE =
            AtomicIntegerFieldUpdater.newUpdater(ArrivedCall.class, "state");

    private static final int WAITING = 0;
    private static final int HANDLED = 1;
    private static final int RELEASED = 2;

    private final LoadShedder shedder;
    private final long arrivedNanos;
    private volatile int state = WAITING;

    /** Decided on the transport's thread, read on the one that it hands the call to. */
    private Admission admission = Admission.OPEN;

    /** Whether its message was asked for there, and nobody was told yet. */
    private boolean asked;

    ArrivedCall(LoadShedder shedder, long arrivedNanos) {
        this.shedder = shedder;
        this.arrivedNanos = arrivedNanos;
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(KEY, this);
    }

    Admission admission() {
        return admission;
    }

    void decide(Admission decided) {
        admission = decided;
    }

    void asked() {
        asked = true;
    }

    /** Whether its message was asked for; says so once. */
    boolean takeAsked() {
        boolean taken = asked;
        asked = false;
        return taken;
    }

    /** Its handler begins. */
    void handled() {
        STATE.compareAndSet(this, WAITING, HANDLED);
    }

    /** It is not in flight any more, and says nothing about how long calls take. */
    void leave() {
        if (STATE.getAndSet(this, RELEASED) != RELEASED) {
            shedder.left();
        }
    }

    /** Its handler is done. */
    void done() {
        if (STATE.compareAndSet(this, HANDLED, RELEASED)) {
            shedder.done(arrivedNanos);
        }
    }

    @Override
    public void streamClosed(Status status) {
        if (state == WAITING) {
            leave();
        } else if (status.getCode() != Status.Code.CANCELLED && status.getCode() != Status.Code.DEADLINE_EXCEEDED) {
            done();
        }
        // Else the caller may have given up, and the listener hears of that when the handler's thread is free again.
    }
}
