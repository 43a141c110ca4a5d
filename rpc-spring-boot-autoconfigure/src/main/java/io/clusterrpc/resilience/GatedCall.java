/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.clusterrpc.CallListener.Outcome;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call that begins when it is let in: at once, after a wait that costs no thread, or never. What its caller says meanwhile is kept
 * and said again in order. The one way out of the wait (let in, turned away, cancelled by caller or context) is decided under this
 * object's lock; nothing foreign is called while it is held.
 */
abstract class GatedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements Context.CancellationListener {

    private enum State {
        NEW,
        /** The caller started it, but it has not been let in. */
        WAITING,
        /** It was let in: a thread says what was kept, then the caller speaks for itself. */
        OPENING,
        OPEN,
        /** It ended without being let in. */
        CLOSED
    }

    private final String reference;
    private final CallRuntime runtime;
    private final CallListener callListener;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private final ClientCall<ReqT, RespT> delegate;
    private final Context context = Context.current();

    // Written by start(), before anything else happens
    private Listener<RespT> caller = new Listener<>() {};
    private Metadata headers = new Metadata();
    private long startedNanos;

    /** Written under the lock; once open it stays so, and need not be asked for under it. */
    private volatile State state = State.NEW;

    // Guarded by this
    private Queue<Runnable> kept = new ArrayDeque<>(0);
    private boolean listening;
    private @Nullable Future<?> timer;

    GatedCall(
            String reference,
            CallRuntime runtime,
            CallListener callListener,
            MethodDescriptor<ReqT, RespT> method,
            CallOptions options,
            ClientCall<ReqT, RespT> delegate) {
        this.reference = reference;
        this.runtime = runtime;
        this.callListener = callListener;
        this.method = method;
        this.options = options;
        this.delegate = delegate;
    }

    // What a kind of gate says

    /** Asks to be let in. Answers with {@link #open}, {@link #turnAway}, or {@link #await} and one of the others later. */
    abstract void ask();

    /** The call was let in: what hears its callbacks. */
    abstract Listener<RespT> entered(Listener<RespT> caller);

    /** It could not be started after all. */
    abstract void failedToStart();

    /** The caller stopped waiting, and was not let in. */
    abstract void left();

    // What a kind of gate calls

    /** How much time the call has left, {@link Long#MAX_VALUE} for any. */
    final long remainingNanos() {
        Deadline deadline = DeadlineStage.holding(options, context);
        return deadline == null ? Long.MAX_VALUE : deadline.timeRemaining(TimeUnit.NANOSECONDS);
    }

    /** Keeps the caller waiting, and runs something after a while, on a thread that may do everything but block. */
    final void await(long nanos, Runnable then) {
        context.addListener(this, Runnable::run);
        synchronized (this) {
            listening = true;
        }
        Future<?> scheduled = null;
        try {
            scheduled = runtime.scheduler()
                    .schedule(() -> runtime.callBack(options, context, then), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            turnAway(Status.UNAVAILABLE.withDescription("The application is shutting down"));
        }
        boolean obsolete;
        synchronized (this) {
            obsolete = state != State.WAITING;
            timer = obsolete ? null : scheduled;
        }
        if (obsolete) {
            stopWaiting(scheduled);
        }
    }

    /** Lets it in, on the thread that the caller of the call expects. */
    final boolean openLater() {
        boolean waits = leaves(State.OPENING);
        if (waits) {
            runtime.callBack(options, context, this::beginAlone);
        }
        return waits;
    }

    /**
     * Lets it in.
     *
     * @return {@code false} if it does not wait any more; whoever let it in takes that back
     */
    final boolean open() {
        boolean waits = leaves(State.OPENING);
        if (waits) {
            begin();
        }
        return waits;
    }

    /**
     * Ends it.
     *
     * @return {@code false} if it does not wait any more
     */
    final boolean turnAway(Status status) {
        boolean waits = leaves(State.CLOSED);
        if (waits) {
            close(Outcome.REJECTED, status);
        }
        return waits;
    }

    private void close(Outcome outcome, Status status) {
        runtime.callBack(options, context, () -> {
            long nanos = runtime.clock().nanoTime() - startedNanos;
            callListener.callEnded(reference, method, outcome, status.getCode(), 0, nanos);
            caller.onClose(status, new Metadata());
        });
    }

    // The way

    private boolean leaves(State next) {
        Future<?> scheduled;
        synchronized (this) {
            if (state != State.WAITING) {
                return false;
            }
            state = next;
            scheduled = timer;
            timer = null;
        }
        stopWaiting(scheduled);
        return true;
    }

    private void stopWaiting(@Nullable Future<?> scheduled) {
        boolean stop;
        synchronized (this) {
            stop = listening;
            listening = false;
        }
        if (stop) {
            context.removeListener(this);
        }
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    /** Called by the thread that changed the state to {@code OPENING}. */
    private void begin() {
        Context previous = context.attach();
        try {
            delegate.start(entered(caller), headers);
        } catch (RuntimeException | Error e) {
            failedToStart();
            synchronized (this) {
                kept.clear();
                state = State.OPEN;
            }
            throw e;
        } finally {
            context.detach(previous);
        }
        Queue<Runnable> batch;
        while ((batch = saidMeanwhile()) != null) {
            batch.forEach(Runnable::run);
        }
    }

    /** Nobody further out hears what is thrown. */
    private void beginAlone() {
        try {
            begin();
        } catch (RuntimeException | Error e) {
            caller.onClose(Status.fromThrowable(e), new Metadata());
        }
    }

    private synchronized @Nullable Queue<Runnable> saidMeanwhile() {
        if (kept.isEmpty()) {
            state = State.OPEN;
            return null;
        }
        Queue<Runnable> batch = kept;
        kept = new ArrayDeque<>(0);
        return batch;
    }

    /** Keeps what the caller says for later if it cannot be said now. */
    private boolean keeps(Runnable words) {
        synchronized (this) {
            switch (state) {
                case NEW -> throw new IllegalStateException("call not started");
                case OPEN -> {
                    return false;
                }
                case WAITING, OPENING -> kept.add(words);
                case CLOSED -> {}
            }
        }
        return true;
    }

    // What the caller says

    @Override
    public final void start(Listener<RespT> listener, Metadata headers) {
        synchronized (this) {
            if (state != State.NEW) {
                throw new IllegalStateException("call already started");
            }
            caller = listener;
            this.headers = headers;
            startedNanos = runtime.clock().nanoTime();
            state = State.WAITING;
        }
        ask();
    }

    @Override
    public final void cancelled(Context context) {
        giveUp(Contexts.statusFromCancelled(context));
    }

    @Override
    public final void cancel(@Nullable String message, @Nullable Throwable cause) {
        if (state == State.WAITING
                && giveUp(Status.CANCELLED
                        .withDescription(message == null ? "Call cancelled without message" : message)
                        .withCause(cause))) {
            return;
        }
        if (state == State.NEW || !keeps(() -> delegate.cancel(message, cause))) {
            delegate.cancel(message, cause);
        }
    }

    private boolean giveUp(Status status) {
        boolean waits = leaves(State.CLOSED);
        if (waits) {
            left();
            close(Outcome.CANCELLED, status);
        }
        return waits;
    }

    @Override
    public final void request(int messages) {
        if (state == State.OPEN || !keeps(() -> delegate.request(messages))) {
            delegate.request(messages);
        }
    }

    @Override
    public final void halfClose() {
        if (state == State.OPEN || !keeps(delegate::halfClose)) {
            delegate.halfClose();
        }
    }

    @Override
    public final void sendMessage(ReqT message) {
        if (state == State.OPEN || !keeps(() -> delegate.sendMessage(message))) {
            delegate.sendMessage(message);
        }
    }

    @Override
    public final void setMessageCompression(boolean enabled) {
        if (state == State.OPEN || !keeps(() -> delegate.setMessageCompression(enabled))) {
            delegate.setMessageCompression(enabled);
        }
    }

    @Override
    public final boolean isReady() {
        return state == State.OPEN && delegate.isReady();
    }

    @Override
    public final Attributes getAttributes() {
        return delegate.getAttributes();
    }
}
