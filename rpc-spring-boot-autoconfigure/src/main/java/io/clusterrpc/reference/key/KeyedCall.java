/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference.key;

import io.clusterrpc.HashKey;
import io.clusterrpc.resilience.CallRuntime;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call that begins with its first message, because the message says where the call shall go. Until then nothing further in knows
 * of it: if it is cancelled or its deadline passes, it ends here. A caller that completes its request without a message has no key.
 *
 * <p>Only the caller's thread opens the call; others may end it before, cancel it, or ask for messages. State is guarded by this
 * object's lock, and nothing foreign is called while it is held.
 */
final class KeyedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements Context.CancellationListener {

    private enum State {
        /** Not started. */
        NEW,
        /** For the first message. */
        WAITING,
        /** The caller's thread is making the call. */
        OPENING,
        /** The call is what it was made. */
        OPEN,
        /** Ended without having been opened. */
        OVER
    }

    private final RequestField field;
    private final CallRuntime runtime;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private final Channel next;
    private final Context context = Context.current();

    // Written by start(), before anything else happens
    private Listener<RespT> caller = new Listener<>() {};
    private Metadata headers = new Metadata();

    // Guarded by this
    private State state = State.NEW;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable Status cancellation;
    private @Nullable Boolean compression;
    private int requested;

    private volatile @Nullable ClientCall<ReqT, RespT> opened;

    KeyedCall(
            RequestField field,
            CallRuntime runtime,
            MethodDescriptor<ReqT, RespT> method,
            CallOptions options,
            Channel next) {
        this.field = field;
        this.runtime = runtime;
        this.method = method;
        this.options = options;
        this.next = next;
    }

    @Override
    public void start(Listener<RespT> listener, Metadata headers) {
        Status early;
        synchronized (this) {
            if (state != State.NEW) {
                throw new IllegalStateException("call already started");
            }
            this.caller = listener;
            this.headers = headers;
            early = cancellation;
            state = early == null ? State.WAITING : State.OVER;
        }
        if (early != null) {
            end(early);
            return;
        }
        context.addListener(this, Runnable::run);
        Deadline deadline = options.getDeadline();
        if (deadline != null) {
            watch(deadline);
        }
    }

    @Override
    public void sendMessage(ReqT message) {
        ClientCall<ReqT, RespT> call = opened;
        if (call == null) {
            call = open(field.key(message));
        }
        if (call != null) {
            call.sendMessage(message);
        }
    }

    @Override
    public void halfClose() {
        ClientCall<ReqT, RespT> call = opened;
        if (call == null) {
            call = open(null);
        }
        if (call != null) {
            call.halfClose();
        }
    }

    @Override
    public void request(int messages) {
        ClientCall<ReqT, RespT> call;
        synchronized (this) {
            requireStarted();
            call = opened;
            if (call == null) {
                requested += messages;
            }
        }
        if (call != null) {
            call.request(messages);
        }
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        ClientCall<ReqT, RespT> call;
        synchronized (this) {
            requireStarted();
            call = opened;
            if (call == null) {
                compression = enabled;
            }
        }
        if (call != null) {
            call.setMessageCompression(enabled);
        }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        Status status = Status.CANCELLED
                .withDescription(message == null ? "Call cancelled without message" : message)
                .withCause(cause);
        ClientCall<ReqT, RespT> call;
        boolean waited;
        synchronized (this) {
            call = opened;
            waited = state == State.WAITING;
            if (waited) {
                state = State.OVER;
            } else if (cancellation == null) {
                cancellation = status;
            }
        }
        if (call != null) {
            call.cancel(message, cause);
        } else if (waited) {
            end(status);
        }
    }

    /** Where to the first message is for nobody to wait for. */
    @Override
    public boolean isReady() {
        ClientCall<ReqT, RespT> call = opened;
        if (call != null) {
            return call.isReady();
        }
        synchronized (this) {
            return state == State.WAITING;
        }
    }

    @Override
    public Attributes getAttributes() {
        ClientCall<ReqT, RespT> call = opened;
        return call == null ? Attributes.EMPTY : call.getAttributes();
    }

    private void requireStarted() {
        if (state == State.NEW) {
            throw new IllegalStateException("call not started");
        }
    }

    /** Makes the call, and tells it what the caller said so far. Returns {@code null} if it is over. */
    private @Nullable ClientCall<ReqT, RespT> open(@Nullable HashKey key) {
        synchronized (this) {
            requireStarted();
            if (state != State.WAITING) {
                return opened;
            }
            state = State.OPENING;
        }
        stopWatching();
        ClientCall<ReqT, RespT> call;
        Context previous = context.attach();
        try {
            call = next.newCall(method, key == null ? options : options.withOption(HashKey.KEY, key));
            call.start(caller, headers);
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                state = State.OVER;
            }
            runtime.callBack(options, context, () -> caller.onClose(Status.fromThrowable(e), new Metadata()));
            return null;
        } finally {
            context.detach(previous);
        }
        Status early;
        Boolean compressed;
        int messages;
        synchronized (this) {
            state = State.OPEN;
            opened = call;
            early = cancellation;
            compressed = compression;
            messages = requested;
        }
        if (compressed != null) {
            call.setMessageCompression(compressed);
        }
        if (messages > 0) {
            call.request(messages);
        }
        if (early != null) {
            call.cancel(early.getDescription(), early.getCause());
        }
        return call;
    }

    // While it waits

    private void watch(Deadline deadline) {
        ScheduledFuture<?> scheduled;
        try {
            scheduled = runtime.scheduler()
                    .schedule(this::deadlinePassed, deadline.timeRemaining(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ignored) {
            // The application ends, and so will the call's channel.
            return;
        }
        synchronized (this) {
            if (state == State.WAITING) {
                timer = scheduled;
                return;
            }
        }
        scheduled.cancel(false);
    }

    private void stopWatching() {
        ScheduledFuture<?> pending;
        synchronized (this) {
            pending = timer;
            timer = null;
        }
        if (pending != null) {
            pending.cancel(false);
        }
        context.removeListener(this);
    }

    private void deadlinePassed() {
        if (leavesWaiting()) {
            end(Status.DEADLINE_EXCEEDED.withDescription("The deadline passed before the request was there"));
        }
    }

    @Override
    public void cancelled(Context cancelled) {
        if (leavesWaiting()) {
            end(Contexts.statusFromCancelled(context));
        }
    }

    private synchronized boolean leavesWaiting() {
        if (state != State.WAITING) {
            return false;
        }
        state = State.OVER;
        return true;
    }

    private void end(Status status) {
        stopWatching();
        runtime.callBack(options, context, () -> caller.onClose(status, new Metadata()));
    }
}
