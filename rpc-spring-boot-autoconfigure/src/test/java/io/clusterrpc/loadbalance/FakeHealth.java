/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;

/** Takes health calls, which a test answers. */
final class FakeHealth extends Channel {

    private ClientCall.Listener<HealthCheckResponse> pending;
    int asked;

    boolean isAsked() {
        return pending != null;
    }

    void answers(ServingStatus status) {
        pending.onMessage(HealthCheckResponse.newBuilder().setStatus(status).build());
        ends(Status.OK);
    }

    void ends(Status status) {
        ClientCall.Listener<HealthCheckResponse> listener = pending;
        pending = null;
        listener.onClose(status, new Metadata());
    }

    @Override
    public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions options) {
        return new ClientCall<>() {
            @Override
            @SuppressWarnings("unchecked")
            public void start(Listener<B> listener, Metadata headers) {
                asked++;
                pending = (Listener<HealthCheckResponse>) listener;
            }

            @Override
            public void request(int messages) {}

            @Override
            public void cancel(String message, Throwable cause) {
                if (pending != null) {
                    ends(Status.CANCELLED);
                }
            }

            @Override
            public void halfClose() {}

            @Override
            public void sendMessage(A message) {}
        };
    }

    @Override
    public String authority() {
        return "orders";
    }
}
