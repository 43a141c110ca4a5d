/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a {@link FailoverCall} as its own call reports it. Callbacks come one at a time; what concerns the caller or the
 * next attempt is guarded by the lock of the failover call.
 */
final class FailoverAttempt<ReqT, RespT> extends ClientCall.Listener<RespT> {

    final Attempt attempt;
    final ClientCall<ReqT, RespT> call;
    private final @Nullable Deadline own;
    private final long timeoutNanos;
    private final FailoverStage stage;
    private final FailoverCall<ReqT, RespT> owner;
    private final long begunNanos;
    private @Nullable Metadata heldHeaders;
    private boolean delivering;

    // Guarded by the owner
    private boolean heard;
    private boolean ended;
    private boolean givenUp;
    private @Nullable ScheduledFuture<?> silence;

    /**
     * @param own the deadline of a unary attempt that has one of its own
     * @param timeoutNanos how long the attempt may take, 0 for all that is left
     */
    FailoverAttempt(
            FailoverStage stage,
            FailoverCall<ReqT, RespT> owner,
            Attempt attempt,
            ClientCall<ReqT, RespT> call,
            @Nullable Deadline own,
            long timeoutNanos) {
        this.stage = stage;
        this.owner = owner;
        this.begunNanos = stage.runtime.clock().nanoTime();
        this.attempt = attempt;
        this.call = call;
        this.own = own;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public void onHeaders(Metadata headers) {
        if (hears(false)) {
            heldHeaders = headers;
        }
    }

    @Override
    public void onMessage(RespT message) {
        if (!delivering) {
            if (!hears(true)) {
                return;
            }
            delivering = true;
            Metadata held = heldHeaders;
            heldHeaders = null;
            if (held != null) {
                owner.caller().onHeaders(held);
            }
        }
        owner.caller().onMessage(message);
    }

    @Override
    public void onReady() {
        boolean heeded;
        synchronized (owner) {
            heeded = isHeeded();
        }
        if (heeded) {
            owner.caller().onReady();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        delivering = false;
        boolean stale;
        boolean last;
        synchronized (owner) {
            if (ended) {
                return;
            }
            stale = !owner.isCurrent(this);
            last = !owner.mayGoOn();
            ended = true;
        }
        stopSilence();
        attempt.close();
        if (stale) {
            return;
        }
        Status end = status;
        Metadata endTrailers = trailers;
        if (givenUp) {
            end = Status.DEADLINE_EXCEEDED.withDescription("No response within "
                    + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms, the timeout of an attempt");
            endTrailers = new Metadata();
        }
        stage.listener.attemptEnded(
                stage.reference,
                owner.method(),
                attempt.instance(),
                attempt.number(),
                end.getCode(),
                stage.runtime.clock().nanoTime() - begunNanos);
        boolean timedOut = givenUp || (own != null && own.isExpired());
        boolean mayRepeat = !last && owner.allowsRepeat(timedOut, attempt, end, endTrailers);
        owner.ended(this, mayRepeat, end, endTrailers);
    }

    /** What the server sent ahead and the caller did not hear yet. */
    @Nullable
    Metadata heldHeaders() {
        return heldHeaders;
    }

    /** Whether the end was reported. Guarded by the owner. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether the caller shall hear of this attempt. */
    private boolean isHeeded() {
        return !ended && !givenUp && owner.isCurrent(this);
    }

    /** The instance said something, so it is not frozen. */
    private boolean hears(boolean message) {
        synchronized (owner) {
            if (!isHeeded()) {
                return false;
            }
            heard = true;
            if (message) {
                owner.commit();
            }
        }
        stopSilence();
        return true;
    }

    /**
     * Gives the attempt up if it says nothing until its timeout. Not for unary calls: their timeout is a deadline, which gRPC
     * watches anyway.
     */
    void watchSilence() {
        if (timeoutNanos == 0 || own != null) {
            return;
        }
        ScheduledFuture<?> scheduled;
        try {
            scheduled = stage.runtime.scheduler().schedule(this::giveUp, timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ignored) {
            return;
        }
        synchronized (owner) {
            if (!ended && !heard) {
                silence = scheduled;
                return;
            }
        }
        scheduled.cancel(false);
    }

    private void stopSilence() {
        ScheduledFuture<?> pending;
        synchronized (owner) {
            pending = silence;
            silence = null;
        }
        if (pending != null) {
            pending.cancel(false);
        }
    }

    private void giveUp() {
        synchronized (owner) {
            if (heard || !isHeeded() || !owner.mayGoOn()) {
                return;
            }
            givenUp = true;
        }
        attempt.giveUp();
        call.cancel("No response within the timeout of the attempt", null);
    }
}
