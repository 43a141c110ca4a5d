/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.RetriedBelow;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Tells callers which failed requests they should not repeat because calls made for them were repeated in vain: {@link RetriedBelow}.
 * Stands outside whatever turns exceptions into answers. Thread-safe.
 */
public final class RetryMarker implements ServerInterceptor {

    /** Creates the interceptor. */
    public RetryMarker() {}

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        if (InstanceGuard.isInfrastructure(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        Context request = RetriedBelow.in(Context.current());
        return Contexts.interceptCall(request, new MarkingCall<>(call, request), headers, next);
    }

    private static final class MarkingCall<Q, P> extends SimpleForwardingServerCall<Q, P> {

        private final Context request;

        MarkingCall(ServerCall<Q, P> delegate, Context request) {
            super(delegate);
            this.request = request;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!status.isOk() && RetriedBelow.isNoted(request)) {
                RetriedBelow.mark(trailers);
            }
            super.close(status, trailers);
        }
    }
}
