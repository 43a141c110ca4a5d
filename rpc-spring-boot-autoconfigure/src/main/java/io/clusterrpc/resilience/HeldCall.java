/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A unary call of which nothing begins before the caller said all it has to say, as its caller sees it. What happens then is the
 * matter of those who extend it.
 *
 * <p>State is guarded by this object's lock; nothing foreign is called while it is held. Whoever sets {@code closed} tells the caller,
 * once.
 */
abstract class HeldCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

    final FailoverStage stage;
    final MethodDescriptor<ReqT, RespT> method;
    final CallOptions options;
    final Context context = Context.current();
    final @Nullable Deadline deadline;

    // Written by start(), before anything else happens
    private Listener<RespT> caller = new Listener<>() {};
    private Metadata headers = new Metadata();
    private long startedNanos;

    // Guarded by this
    private final HeldRequest<ReqT> request = new HeldRequest<>();
    private boolean started;
    private boolean closed;
    private @Nullable Status cancelledEarly;

    HeldCall(FailoverStage stage, MethodDescriptor<ReqT, RespT> method, CallOptions options) {
        this.stage = stage;
        this.method = method;
        this.options = options;
        this.deadline = DeadlineStage.holding(options, context);
    }

    /** Begins the first attempts: the request is complete. */
    abstract void begin();

    /** How many attempts began. Guarded by this. */
    abstract int attempts();

    /** What ends all that is under way; run without the lock. Guarded by this. */
    abstract List<Runnable> endings();

    // What the caller says

    @Override
    public final void start(Listener<RespT> listener, Metadata headers) {
        Status early;
        synchronized (this) {
            if (started) {
                throw new IllegalStateException("call already started");
            }
            started = true;
            caller = listener;
            this.headers = headers;
            startedNanos = stage.runtime.clock().nanoTime();
            early = cancelledEarly;
            closed = early != null;
        }
        if (early != null) {
            tell(FailureClassification.CANCELLED, early, new Metadata(), null, null);
        } else {
            stage.budget.called(startedNanos);
        }
    }

    /** Counts for nothing: the attempts ask for their one message themselves. */
    @Override
    public final void request(int messages) {}

    @Override
    public final synchronized void setMessageCompression(boolean enabled) {
        request.compression(enabled);
    }

    @Override
    public final synchronized void sendMessage(ReqT message) {
        requireIncomplete();
        request.message(message);
    }

    @Override
    public final void halfClose() {
        synchronized (this) {
            requireIncomplete();
            request.complete();
            if (closed) {
                return;
            }
        }
        begin();
    }

    @Override
    public final void cancel(@Nullable String message, @Nullable Throwable cause) {
        Status status = Status.CANCELLED
                .withDescription(message == null ? "Call cancelled without message" : message)
                .withCause(cause);
        synchronized (this) {
            if (!started) {
                cancelledEarly = cancelledEarly == null ? status : cancelledEarly;
                return;
            }
        }
        if (close()) {
            tell(FailureClassification.CANCELLED, status, new Metadata(), null, null);
        }
    }

    @Override
    public final synchronized boolean isReady() {
        return started && !closed && !request.isComplete();
    }

    private void requireIncomplete() {
        if (!started || request.isComplete()) {
            throw new IllegalStateException(started ? "call was half-closed" : "call not started");
        }
    }

    // What those who extend it ask

    final Metadata headers() {
        return headers;
    }

    final HeldRequest<ReqT> request() {
        return request;
    }

    /** How long ago it was started. */
    final long tookNanos() {
        return stage.runtime.clock().nanoTime() - startedNanos;
    }

    /** Whether the caller was told the end, or is about to be. Guarded by this. */
    final boolean isClosed() {
        return closed;
    }

    // The end

    /** Ends the call, if nobody else did: whoever gets {@code true} has to tell the caller. */
    final boolean close() {
        List<Runnable> endings;
        synchronized (this) {
            if (closed) {
                return false;
            }
            endings = closeHere();
        }
        endings.forEach(Runnable::run);
        return true;
    }

    /** The same for whoever holds the lock and knows that the call is open; what it returns is to be run without the lock. */
    final List<Runnable> closeHere() {
        closed = true;
        return endings();
    }

    /**
     * Tells listeners and the caller the end. Called by whoever closed the call.
     *
     * @param answered headers of the answer, {@code null} for none
     * @param message the answer, {@code null} for none
     */
    final void tell(
            FailureClassification end,
            Status status,
            Metadata trailers,
            @Nullable Metadata answered,
            @Nullable RespT message) {
        int made;
        synchronized (this) {
            made = attempts();
        }
        stage.listener.callEnded(stage.reference, method, end.outcome(), status.getCode(), made, tookNanos());
        stage.runtime.callBack(options, context, () -> deliver(status, trailers, answered, message));
    }

    private void deliver(Status status, Metadata trailers, @Nullable Metadata answered, @Nullable RespT message) {
        try {
            if (answered != null) {
                caller.onHeaders(answered);
            }
            if (message != null) {
                caller.onMessage(message);
            }
        } catch (RuntimeException | Error e) {
            caller.onClose(
                    Status.CANCELLED
                            .withDescription("Failed to read the answer")
                            .withCause(e),
                    new Metadata());
            return;
        }
        caller.onClose(status, trailers);
    }
}
