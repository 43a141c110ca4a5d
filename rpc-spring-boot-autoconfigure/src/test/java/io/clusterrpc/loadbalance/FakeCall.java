/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.Attempt;
import io.clusterrpc.testproto.GreeterGrpc;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Set;

/** A call that asks for an instance. */
final class FakeCall extends PickSubchannelArgs {

    private final CallOptions options;
    private final Metadata headers = new Metadata();
    private final MethodDescriptor<?, ?> method;

    FakeCall() {
        this(CallOptions.DEFAULT, GreeterGrpc.getSayHelloMethod());
    }

    FakeCall(MethodDescriptor<?, ?> method) {
        this(CallOptions.DEFAULT, method);
    }

    FakeCall(Attempt attempt) {
        this(CallOptions.DEFAULT.withOption(Attempt.KEY, attempt), GreeterGrpc.getSayHelloMethod());
    }

    FakeCall(CallOptions options, MethodDescriptor<?, ?> method) {
        this.options = options;
        this.method = method;
    }

    static FakeCall havingTried(String... ids) {
        return new FakeCall(new Attempt(ids.length + 1, Set.of(ids)));
    }

    /** The same call with an attempt. */
    static FakeCall like(PickSubchannelArgs call, Attempt attempt) {
        FakeCall copy =
                new FakeCall(call.getCallOptions().withOption(Attempt.KEY, attempt), call.getMethodDescriptor());
        copy.headers.merge(call.getHeaders());
        return copy;
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
        return method;
    }
}
