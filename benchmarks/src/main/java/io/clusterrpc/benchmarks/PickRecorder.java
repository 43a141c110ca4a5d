/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.nio.file.Path;

/**
 * Writes down when and to which address each attempt of a call was sent. A tracer and not the call's end, because gRPC creates
 * the stream on the thread of the pick and at once. Thread-safe.
 */
public final class PickRecorder implements ClientInterceptor, AutoCloseable {

    private final Timeline timeline;
    private final Samples samples;

    /**
     * Creates the file.
     *
     * @param timeline stamps each pick
     * @param file where, must not exist
     */
    public PickRecorder(Timeline timeline, Path file) {
        this.timeline = timeline;
        this.samples = new Samples(file, "micros", "method", "port");
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        String name = String.valueOf(method.getBareMethodName());
        return next.newCall(method, options.withStreamTracerFactory(new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                return new ClientStreamTracer() {
                    @Override
                    public void streamCreated(Attributes transport, Metadata streamHeaders) {
                        String address = String.valueOf(transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
                        samples.add(timeline.micros(), name, address.substring(address.lastIndexOf(':') + 1));
                    }
                };
            }
        }));
    }

    @Override
    public void close() {
        samples.close();
    }
}
