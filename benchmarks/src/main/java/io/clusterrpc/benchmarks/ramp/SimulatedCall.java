/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** What a pick sees of a call: the same of every one. Immutable as long as nobody writes into the headers. */
final class SimulatedCall extends PickSubchannelArgs {

    static final PickSubchannelArgs ANY = new SimulatedCall();

    private final Metadata headers = new Metadata();

    private SimulatedCall() {}

    @Override
    public CallOptions getCallOptions() {
        return CallOptions.DEFAULT;
    }

    @Override
    public Metadata getHeaders() {
        return headers;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
        return GreeterGrpc.getSayHelloMethod();
    }
}
