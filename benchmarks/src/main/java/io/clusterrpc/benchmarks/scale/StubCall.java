/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** A call that asks for an instance, and is never made. */
final class StubCall extends PickSubchannelArgs {

    private final Metadata headers = new Metadata();

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
