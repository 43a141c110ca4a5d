/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Sends a call through the stage of its method. Immutable.
 *
 * @param stages what there is for each method; calls of those that have nothing pass
 */
record MethodStages(ByMethod<ClientInterceptor> stages) implements ClientInterceptor {

    /** The one stage that there is, if all methods have the same. */
    static ClientInterceptor of(ByMethod<ClientInterceptor> stages) {
        ClientInterceptor common = stages.common();
        return common != null && stages.own().isEmpty() ? common : new MethodStages(stages);
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        ClientInterceptor stage = stages.of(method);
        return stage == null ? next.newCall(method, options) : stage.interceptCall(method, options, next);
    }
}
