/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.hash;

import io.clusterrpc.HashKey;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** A call that has a hash key, asks for an instance, and is never made. */
final class KeyedCall extends PickSubchannelArgs {

    private final Metadata headers = new Metadata();
    private final CallOptions options;

    KeyedCall(long key) {
        options = CallOptions.DEFAULT.withOption(HashKey.KEY, HashKey.of(key));
    }

    @Override
    public CallOptions getCallOptions() {
        return options;
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
