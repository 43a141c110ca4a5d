/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.function.Consumer;

/**
 * A call that may be ended from outside while its handler answers. What the handler says afterwards is dropped. gRPC's own call
 * is not thread-safe, so this one's lock guards everything that is said on it.
 */
final class OpenCall<Q, P> extends SimpleForwardingServerCall<Q, P> {

    private final Consumer<OpenCall<Q, P>> closed;
    private boolean over;
    private volatile boolean ended;

    OpenCall(ServerCall<Q, P> call, Consumer<OpenCall<Q, P>> closed) {
        super(call);
        this.closed = closed;
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        if (!ended) {
            super.sendHeaders(headers);
        }
    }

    @Override
    public synchronized void sendMessage(P message) {
        if (!ended) {
            super.sendMessage(message);
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        synchronized (this) {
            if (ended) {
                return;
            }
            over = true;
            super.close(status, trailers);
        }
        closed.accept(this);
    }

    @Override
    public boolean isCancelled() {
        return ended || super.isCancelled();
    }

    /** Ends the call in place of its handler; does nothing and returns {@code false} if it is over already. */
    boolean end(Status status) {
        synchronized (this) {
            if (over || isCancelled()) {
                return false;
            }
            ended = true;
            super.close(status, new Metadata());
        }
        closed.accept(this);
        return true;
    }

    boolean wasEnded() {
        return ended;
    }
}
