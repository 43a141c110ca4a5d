/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.TargetInstance;
import io.clusterrpc.Unprocessed;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records the attempts made on it and insists on the contract of {@link ClientCall}; a test says how they go. */
final class FakeChannel extends Channel {

    final List<FakeCall> calls = new CopyOnWriteArrayList<>();
    /** What each attempt does at its start. */
    Consumer<FakeCall> onStart = call -> {};

    /** What happens before a call is made, and after one heard all of its request. */
    Runnable onNewCall = () -> {};

    Consumer<FakeCall> onHalfClose = call -> {};

    @Nullable
    RuntimeException newCallThrows;

    @Nullable
    RuntimeException startThrows;
    /** Whether there is a balancer of ours that creates a stream for each attempt. */
    boolean streams = true;
    /** The ids of instances for which it finds no connection. */
    final Set<String> unconnected = new HashSet<>();

    static ServiceInstance instance(int number) {
        return ServiceInstance.builder("orders", "instance-" + number, "10.0.0." + number, 9090)
                .build();
    }

    static ServiceInstance instance(String id) {
        return instance(Integer.parseInt(id.substring(id.indexOf('-') + 1)));
    }

    FakeCall attempt(int number) {
        return calls.get(number - 1);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        onNewCall.run();
        if (newCallThrows != null) {
            throw newCallThrows;
        }
        FakeCall call = new FakeCall(options);
        calls.add(call);
        return (ClientCall<Q, R>) call;
    }

    @Override
    public String authority() {
        return "orders";
    }

    final class FakeCall extends ClientCall<String, String> {

        final CallOptions options;
        final Attempt attempt;
        final Context context = Context.current();
        final List<String> messages = new ArrayList<>();
        final AtomicInteger released = new AtomicInteger();
        Listener<String> listener = new Listener<>() {};
        Metadata headers = new Metadata();
        int requested;
        boolean started;
        boolean halfClosed;
        boolean closed;

        @Nullable
        Boolean compression;

        @Nullable
        String cancelled;

        boolean givenUpWhenCancelled;
        boolean unprocessed;
        boolean undelivered;
        /** Whether a stream was created for it. */
        boolean streamed;

        private volatile boolean headersSent;
        private volatile boolean left = true;
        private volatile boolean heard = true;

        FakeCall(CallOptions options) {
            this.options = options;
            this.attempt = options.getOption(Attempt.KEY);
        }

        @Override
        public void start(Listener<String> listener, Metadata headers) {
            check(!started, "already started");
            check(cancelled == null, "was cancelled");
            started = true;
            this.listener = listener;
            this.headers = headers;
            String target = options.getOption(TargetInstance.KEY);
            if (target != null && unconnected.contains(target)) {
                attempt.balanced();
                onStart.accept(this);
                return;
            }
            if (streams) {
                attempt.balanced();
                streamed = true;
                attempt.streamCreated(
                        target == null ? instance(attempt.number()) : instance(target), new Attempt.OpenStream() {
                            @Override
                            public void release() {
                                released.incrementAndGet();
                            }

                            @Override
                            public boolean sent() {
                                return left;
                            }

                            @Override
                            public boolean heard() {
                                return heard;
                            }
                        });
            }
            if (startThrows != null) {
                throw startThrows;
            }
            onStart.accept(this);
        }

        @Override
        public synchronized void request(int messages) {
            check(started, "not started");
            requested += messages;
        }

        @Override
        public synchronized void cancel(@Nullable String message, @Nullable Throwable cause) {
            if (cancelled == null) {
                cancelled = String.valueOf(message);
                givenUpWhenCancelled = attempt.givenUp();
            }
        }

        @Override
        public synchronized void halfClose() {
            check(started, "not started");
            check(cancelled == null, "was cancelled");
            check(!halfClosed, "already half-closed");
            halfClosed = true;
            onHalfClose.accept(this);
        }

        @Override
        public synchronized void sendMessage(String message) {
            check(started, "not started");
            check(cancelled == null, "was cancelled");
            check(!halfClosed, "already half-closed");
            messages.add(message);
        }

        @Override
        public void setMessageCompression(boolean enabled) {
            check(started, "not started");
            compression = enabled;
        }

        @Override
        public boolean isReady() {
            return started && !halfClosed;
        }

        void sendsHeaders() {
            if (!headersSent) {
                headersSent = true;
                listener.onHeaders(new Metadata());
            }
        }

        void sends(String message) {
            sendsHeaders();
            listener.onMessage(message);
        }

        void answers(String message) {
            sends(message);
            ends(Status.OK);
        }

        /** The server resets the stream and says that it did nothing with it. */
        void isRefused() {
            isUndelivered("RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM");
        }

        /** The connection ends before the headers were written to it. */
        void isNotSent() {
            left = false;
            isUndelivered("Network closed for unknown reason");
        }

        private void isUndelivered(String how) {
            heard = headersSent;
            if (!closed) {
                undelivered = !headersSent;
            }
            ends(Status.UNAVAILABLE.withDescription(how));
        }

        void ends(Status status) {
            ends(status, new Metadata());
        }

        void ends(Status status, Metadata trailers) {
            if (!closed) {
                unprocessed = Unprocessed.isMarked(trailers);
            }
            closed = true;
            listener.onClose(status, trailers);
        }

        private static void check(boolean holds, String message) {
            if (!holds) {
                throw new IllegalStateException(message);
            }
        }
    }
}
