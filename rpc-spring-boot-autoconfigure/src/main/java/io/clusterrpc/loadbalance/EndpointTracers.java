/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.CallPriority;
import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.loadbalance.ejection.CallRecorder;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the tracer of each stream that goes to one endpoint, and says in the headers which instance the stream was picked for. */
final class EndpointTracers extends ClientStreamTracer.Factory {

    private static final Logger log = LoggerFactory.getLogger(EndpointTracers.class);
    private static final ClientStreamTracer NONE = new ClientStreamTracer() {};

    private final EndpointRecord endpoint;
    private final LongSupplier nanoTime;
    private final CallRecorder recorder;
    private final boolean identified;

    EndpointTracers(EndpointRecord endpoint, LongSupplier nanoTime) {
        this(endpoint, nanoTime, CallRecorder.NONE);
    }

    EndpointTracers(EndpointRecord endpoint, LongSupplier nanoTime, CallRecorder recorder) {
        this.recorder = recorder;
        this.endpoint = endpoint;
        this.nanoTime = nanoTime;
        this.identified = endpoint.instance().identified();
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        try {
            if (identified) {
                ExpectedInstance.write(headers, endpoint.id());
            }
            CallPriority priority = info.getCallOptions().getOption(CallPriority.KEY);
            if (priority != null) {
                priority.write(headers);
            }
            EndpointTracer tracer = new EndpointTracer(endpoint, recorder, nanoTime, info.getCallOptions());
            tracer.created(endpoint.instance());
            return tracer;
        } catch (RuntimeException e) {
            log.debug("No statistics of a stream to {}", endpoint.id(), e);
            return NONE;
        }
    }
}
