/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the callers of methods with {@link CallMode#FAILSAFE} an empty answer in place of a failure: outside the circuit breaker,
 * which must hear of the failure, and whose rejections are failures too. Thread-safe.
 */
final class FailsafeStage implements ClientInterceptor {

    private static final Logger logger = LoggerFactory.getLogger(FailsafeStage.class);

    private final String reference;
    private final CallPolicy policy;
    private final CallListener listener;

    FailsafeStage(String reference, CallPolicy policy, CallListener listener) {
        this.reference = reference;
        this.policy = policy;
        this.listener = listener;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        ClientCall<ReqT, RespT> call = next.newCall(method, options);
        if (method.getType() != MethodType.UNARY || policy.mode(method) != CallMode.FAILSAFE) {
            return call;
        }
        return new SimpleForwardingClientCall<>(call) {
            @Override
            public void start(Listener<RespT> caller, Metadata headers) {
                super.start(new EmptyAnswer<>(FailsafeStage.this, method, caller), headers);
            }
        };
    }

    /** Of what was shed, the mark is gone by now; an application's quota is as good a reason to do without. */
    private static boolean isFailure(Status status) {
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
                || FailureClassification.of(status, new Metadata()) == FailureClassification.FAILED;
    }

    private static final class EmptyAnswer<RespT> extends SimpleForwardingClientCallListener<RespT> {

        private final FailsafeStage stage;
        private final MethodDescriptor<?, RespT> method;
        private @Nullable Metadata headers;
        private @Nullable RespT message;

        EmptyAnswer(FailsafeStage stage, MethodDescriptor<?, RespT> method, ClientCall.Listener<RespT> caller) {
            super(caller);
            this.stage = stage;
            this.method = method;
        }

        @Override
        public void onHeaders(Metadata headers) {
            this.headers = headers;
        }

        @Override
        public void onMessage(RespT message) {
            this.message = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!isFailure(status)) {
                if (headers != null) {
                    super.onHeaders(headers);
                }
                if (message != null) {
                    super.onMessage(message);
                }
                super.onClose(status, trailers);
                return;
            }
            logger.debug(
                    "Reference '{}': {} failed with {}, its caller gets an empty answer",
                    stage.reference,
                    method.getFullMethodName(),
                    status);
            stage.listener.fellBack(stage.reference, method, status.getCode());
            super.onHeaders(new Metadata());
            super.onMessage(method.parseResponse(new ByteArrayInputStream(new byte[0])));
            super.onClose(Status.OK, new Metadata());
        }
    }
}
