/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import io.grpc.Status.Code;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what happens to the streams of one instance. Called on transport threads: lock-free, allocates nothing, never
 * throws.
 */
public final class CallRecorder {

    /** Where nothing is ejected. */
    public static final CallRecorder NONE = new CallRecorder(null, new Ejection());

    private final @Nullable Ejector<?> ejector;
    private final Ejection ejection;

    CallRecorder(@Nullable Ejector<?> ejector, Ejection ejection) {
        this.ejector = ejector;
        this.ejection = ejection;
    }

    /** A stream counts as in flight now. */
    public void opened() {
        if (ejector != null) {
            if (!ejection.used) {
                ejection.used = true;
            }
            ejector.wakeUp();
        }
    }

    /** Something came back, whatever it was. */
    public void heard() {
        if (ejector != null && !ejection.heard) {
            ejection.heard = true;
        }
    }

    /**
     * The first response message came.
     *
     * @param latencyNanos how long that took
     */
    public void responded(long latencyNanos) {
        if (ejector != null) {
            ejection.calls.answered(latencyNanos);
        }
    }

    /**
     * A stream ended.
     *
     * @param code how; CANCELLED says nothing
     * @param sent whether the headers left; a stream that did not get that far says nothing
     * @param silentNanos how long it had waited for a response, 0 if there was one
     * @param patienceNanos how long it must have waited for a passed deadline to count, 0 if that never counts
     */
    public void ended(Code code, boolean sent, long silentNanos, long patienceNanos) {
        if (ejector == null || !sent || code == Code.CANCELLED) {
            return;
        }
        if (ejector.countsAsFailure(code)) {
            if (code != Code.DEADLINE_EXCEEDED || wasPatient(silentNanos, patienceNanos)) {
                ejector.failed(ejection);
            }
        } else if (silentNanos > 0 && code != Code.DEADLINE_EXCEEDED) {
            ejection.calls.answered(silentNanos);
        }
    }

    /** A tenth is forgiven: the deadline was set a little before the request left. */
    private static boolean wasPatient(long silentNanos, long patienceNanos) {
        return patienceNanos > 0 && silentNanos >= patienceNanos - patienceNanos / 10;
    }
}
