/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Set;

/** A call whose requests are a stream, which cannot be repeated: one attempt, accounted for like any other. */
final class SingleAttemptCall<ReqT, RespT> extends SimpleForwardingClientCall<ReqT, RespT> {

    private final FailoverStage stage;
    private final MethodDescriptor<ReqT, RespT> method;
    private final Attempt attempt;

    private SingleAttemptCall(
            FailoverStage stage,
            MethodDescriptor<ReqT, RespT> method,
            Attempt attempt,
            ClientCall<ReqT, RespT> delegate) {
        super(delegate);
        this.stage = stage;
        this.method = method;
        this.attempt = attempt;
    }

    static <ReqT, RespT> ClientCall<ReqT, RespT> of(
            FailoverStage stage, MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        Attempt attempt = new Attempt(1, Set.of(), stage.policy.attemptPatienceNanos(method));
        return new SingleAttemptCall<>(
                stage, method, attempt, next.newCall(method, options.withOption(Attempt.KEY, attempt)));
    }

    @Override
    public void start(Listener<RespT> listener, Metadata headers) {
        try {
            long startedNanos = stage.runtime.clock().nanoTime();
            stage.budget.called(startedNanos);
            super.start(new Accounting(listener, startedNanos), headers);
        } catch (RuntimeException | Error e) {
            attempt.close();
            throw e;
        }
    }

    private final class Accounting extends SimpleForwardingClientCallListener<RespT> {

        private final long startedNanos;

        Accounting(Listener<RespT> listener, long startedNanos) {
            super(listener);
            this.startedNanos = startedNanos;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            attempt.close();
            long nanos = stage.runtime.clock().nanoTime() - startedNanos;
            stage.listener.attemptEnded(stage.reference, method, attempt.instance(), 1, status.getCode(), nanos);
            stage.listener.callEnded(
                    stage.reference,
                    method,
                    FailureClassification.of(status, trailers).outcome(),
                    status.getCode(),
                    1,
                    nanos);
            super.onClose(status, status.isOk() ? trailers : FailoverStage.tell(Context.current(), false, trailers));
        }
    }
}
