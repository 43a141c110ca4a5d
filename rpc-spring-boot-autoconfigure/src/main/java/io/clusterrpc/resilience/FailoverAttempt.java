/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
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
    private final @Nullable WholeAnswer answer;
    private final @Nullable Deadline own;
    private final long timeoutNanos;
    private final FailoverStage stage;
    private final FailoverCall<ReqT, RespT> owner;
    private final long begunNanos;

    /** The one response of a unary call waits for the status: until that comes, the answer may break off, and be asked for again. */
    private final boolean whole;

    private @Nullable Metadata heldHeaders;
    private @Nullable RespT heldMessage;
    private boolean delivering;

    // Guarded by the owner
    private boolean heard;
    private boolean ended;
    private boolean givenUp;
    private @Nullable ScheduledFuture<?> silence;

    /**
     * @param answer keeps the callbacks of the call back until its end, if something does
     * @param own the deadline of a unary attempt that has one of its own
     * @param timeoutNanos how long the attempt may take, 0 for all that is left
     */
    FailoverAttempt(
            FailoverStage stage,
            FailoverCall<ReqT, RespT> owner,
            Attempt attempt,
            ClientCall<ReqT, RespT> call,
            @Nullable WholeAnswer answer,
            @Nullable Deadline own,
            long timeoutNanos) {
        this.stage = stage;
        this.owner = owner;
        this.begunNanos = stage.runtime.clock().nanoTime();
        this.attempt = attempt;
        this.call = call;
        this.answer = answer;
        this.own = own;
        this.timeoutNanos = timeoutNanos;
        this.whole = owner.method().getType() == MethodType.UNARY;
    }

    /** Asks for response messages. */
    void request(int messages) {
        if (answer != null) {
            answer.requested(messages);
        }
        if (messages > 0) {
            call.request(messages);
        }
    }

    @Override
    public void onHeaders(Metadata headers) {
        boolean told = owner.tellsHeadersAtOnce();
        if (!hears(told)) {
            return;
        }
        if (told) {
            delivering = true;
            owner.caller().onHeaders(headers);
        } else {
            heldHeaders = headers;
        }
    }

    @Override
    public void onMessage(RespT message) {
        if (whole && heldMessage == null && !delivering) {
            if (hears(false)) {
                heldMessage = message;
            }
            return;
        }
        if (!delivering) {
            if (!hears(true)) {
                return;
            }
            delivering = true;
            tellHeld();
        }
        owner.caller().onMessage(message);
    }

    /** Tells the caller what it did not hear yet of what the server sent. Its own exceptions go through. */
    void tellHeld() {
        Metadata headers = heldHeaders;
        RespT message = heldMessage;
        heldHeaders = null;
        heldMessage = null;
        if (headers != null) {
            owner.caller().onHeaders(headers);
        }
        if (message != null) {
            owner.caller().onMessage(message);
        }
    }

    @Override
    public void onReady() {
        if (owner.hearsInOnePiece()) {
            return;
        }
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
        Undelivered undelivered = status.isOk() ? Undelivered.NO : Undelivered.of(attempt, status);
        if (undelivered != Undelivered.NO && !last && owner.repeatsUndelivered(attempt, undelivered)) {
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
        boolean mayRepeat = !last && owner.history().allowsRepeat(timedOut, undelivered, attempt, end, endTrailers);
        owner.ended(this, mayRepeat, end, endTrailers);
    }

    /** Whether the end was reported. Guarded by the owner. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether the caller shall hear of this attempt. */
    private boolean isHeeded() {
        return !ended && !givenUp && owner.isCurrent(this);
    }

    /**
     * The instance said something, so it is not frozen.
     *
     * @param told whether the caller is told of it, so that there will be no other attempt
     */
    private boolean hears(boolean told) {
        synchronized (owner) {
            if (!isHeeded()) {
                return false;
            }
            heard = true;
            if (told) {
                owner.commit();
            }
        }
        stopSilence();
        return true;
    }

    /**
     * Gives the attempt up if it says nothing until its timeout. Not for unary calls: their timeout is a deadline, which is watched
     * anyway ({@link TimedAttempt}, or gRPC).
     */
    void watchSilence() {
        if (hasDeadline()) {
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

    private boolean hasDeadline() {
        return timeoutNanos == 0 || own != null;
    }

    private void stopSilence() {
        if (hasDeadline()) {
            return;
        }
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
