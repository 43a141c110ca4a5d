/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.Attempt;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Set;

/** One attempt per call, closed with it or when it is given up: what the failover does. */
final class AttemptInterceptor implements ClientInterceptor {

    @Override
    public <A, B> ClientCall<A, B> interceptCall(MethodDescriptor<A, B> method, CallOptions options, Channel next) {
        Attempt attempt = new Attempt(1, Set.of());
        return new SimpleForwardingClientCall<>(next.newCall(method, options.withOption(Attempt.KEY, attempt))) {
            @Override
            public void cancel(String message, Throwable cause) {
                try {
                    super.cancel(message, cause);
                } finally {
                    attempt.close();
                }
            }

            @Override
            public void start(Listener<B> listener, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                attempt.close();
                                super.onClose(status, trailers);
                            }
                        },
                        headers);
            }
        };
    }
}
