/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the streams that transports really create and close, to see gRPC's traps at work. */
final class StreamCounter extends ClientStreamTracer.Factory {

    final AtomicInteger created = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {

            private final AtomicBoolean counted = new AtomicBoolean();

            @Override
            public void streamCreated(io.grpc.Attributes transport, Metadata sent) {
                counted.set(true);
                created.incrementAndGet();
            }

            @Override
            public void streamClosed(Status status) {
                if (counted.compareAndSet(true, false)) {
                    closed.incrementAndGet();
                }
            }
        };
    }
}
