/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the message of a call, which is there already, and the end of the request until somebody asks for it, on whatever thread. From
 * the beginning to the end events run one at a time, on a handler's thread and in the context of the call. Thread-safe.
 */
final class LateListener<Q> extends ServerCall.Listener<Q> {

    private final ServerCall.Listener<Q> handler;
    private final ServerCall<Q, ?> call;
    private final Executor oneAtATime;
    private final Context context = Context.current();

    /** Guarded by this; {@code null} once somebody asked, or nobody will. */
    private @Nullable List<Runnable> kept = new ArrayList<>(2);

    LateListener(ServerCall.Listener<Q> handler, ServerCall<Q, ?> call, Executor handlers) {
        this.handler = handler;
        this.call = call;
        this.oneAtATime = MoreExecutors.newSequentialExecutor(handlers);
    }

    @Override
    public void onMessage(Q message) {
        keep(() -> handler.onMessage(message));
    }

    @Override
    public void onHalfClose() {
        keep(handler::onHalfClose);
    }

    @Override
    public void onReady() {
        run(handler::onReady);
    }

    @Override
    public synchronized void onCancel() {
        kept = null;
        run(handler::onCancel);
    }

    @Override
    public synchronized void onComplete() {
        kept = null;
        run(handler::onComplete);
    }

    /** Somebody asked for the message. */
    synchronized void asked() {
        List<Runnable> now = kept;
        kept = null;
        if (now != null) {
            now.forEach(this::run);
        }
    }

    private synchronized void keep(Runnable event) {
        if (kept != null) {
            kept.add(event);
        } else {
            run(event);
        }
    }

    private void run(Runnable event) {
        oneAtATime.execute(context.wrap(() -> {
            try {
                event.run();
            } catch (Throwable e) {
                failed(e);
                throw e;
            }
        }));
    }

    /** As gRPC ends a call whose listener throws. */
    private void failed(Throwable e) {
        try {
            call.close(
                    Status.UNKNOWN
                            .withDescription("Application error processing RPC")
                            .withCause(e),
                    new Metadata());
        } catch (IllegalStateException ignored) {
            // It was closed already.
        }
    }
}
