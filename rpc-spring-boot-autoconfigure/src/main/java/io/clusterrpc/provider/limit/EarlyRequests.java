/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the message of a unary call where the call arrives, on the transport's thread, if a handler's thread is free to take it.
 * gRPC leaves that to the handler, whose thread then wakes up the transport, to be woken up by it in turn: two wake-ups of a call. What the handler asks for afterwards was asked for already.
 *
 * <p>Who has not asked hears nothing: an interceptor that starts calls later, on a thread of its own, gets the message only then.
 * So it must be the outermost interceptor. Thread-safe.
 */
public final class EarlyRequests implements ServerInterceptor {

    /** What gRPC's handlers of unary calls ask for: the message, and one that must not be there. */
    private static final int MESSAGES = 2;

    private final Executor handlers;

    EarlyRequests(Executor handlers) {
        this.handlers = handlers;
    }

    /** Asks for the message of a call that has just arrived and is let in. Called on the transport's thread. */
    static void ask(ServerCall<?, ?> call) {
        ArrivedCall arrived = ArrivedCall.KEY.get();
        if (arrived != null && call.getMethodDescriptor().getType() == MethodType.UNARY) {
            arrived.asked();
            call.request(MESSAGES);
        }
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        ArrivedCall arrived = ArrivedCall.KEY.get();
        if (arrived == null || !arrived.takeAsked()) {
            return next.startCall(call, headers);
        }
        AskedCall<Q, P> asked = new AskedCall<>(call);
        return asked.listener(next.startCall(asked, headers));
    }

    /** A call whose first messages need not be asked for any more. */
    private final class AskedCall<Q, P> extends SimpleForwardingServerCall<Q, P> {

        // Guarded by this
        private int credit = MESSAGES;
        private boolean heeded;
        private @Nullable LateListener<Q> late;

        AskedCall(ServerCall<Q, P> call) {
            super(call);
        }

        @Override
        public void request(int messages) {
            int more = messages;
            LateListener<Q> waiting = null;
            if (messages > 0) {
                synchronized (this) {
                    more = messages - Math.min(credit, messages);
                    credit -= messages - more;
                    heeded = true;
                    waiting = late;
                    late = null;
                }
            }
            if (waiting != null) {
                waiting.asked();
            }
            if (more != 0 || messages <= 0) {
                super.request(more);
            }
        }

        /** The listener itself if somebody asked for the message by now, as is usual. */
        synchronized ServerCall.Listener<Q> listener(ServerCall.Listener<Q> handler) {
            if (heeded) {
                return handler;
            }
            late = new LateListener<>(handler, delegate(), handlers);
            return late;
        }
    }
}
