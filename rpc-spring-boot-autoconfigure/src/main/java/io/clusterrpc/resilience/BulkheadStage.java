/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has each call hold a permission of the bulkhead from its start to its end, all attempts and backoffs included. Where the bulkhead
 * lets callers wait, they do so without a thread, but not beyond their deadline. Thread-safe.
 */
final class BulkheadStage implements ClientInterceptor {

    private final String reference;
    private final BulkheadGate gate;
    private final CallRuntime runtime;
    private final CallListener listener;

    BulkheadStage(String reference, Bulkhead bulkhead, CallRuntime runtime, CallListener listener) {
        this.reference = reference;
        this.gate = new BulkheadGate(reference, bulkhead);
        this.runtime = runtime;
        this.listener = listener;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        return new BulkheadCall<>(method, options, next.newCall(method, options));
    }

    private Status refusal(Status code, String why) {
        Bulkhead bulkhead = gate.bulkhead;
        return code.withDescription("Reference '" + reference + "': the call was not sent, its bulkhead '"
                        + bulkhead.getName() + "' lets in "
                        + bulkhead.getBulkheadConfig().getMaxConcurrentCalls() + " calls at a time" + why
                        + "; configured by " + Safeguards.property("bulkhead", bulkhead.getName()))
                .withCause(BulkheadFullException.createBulkheadFullException(bulkhead));
    }

    private final class BulkheadCall<ReqT, RespT> extends GatedCall<ReqT, RespT> implements BulkheadGate.Waiting {

        private final AtomicBoolean released = new AtomicBoolean();

        BulkheadCall(MethodDescriptor<ReqT, RespT> method, CallOptions options, ClientCall<ReqT, RespT> delegate) {
            super(reference, runtime, listener, method, options, delegate);
        }

        @Override
        void ask() {
            if (gate.maxWait.isZero()) {
                if (gate.tryEnter()) {
                    open();
                } else {
                    turnAway(refusal(Status.RESOURCE_EXHAUSTED, ""));
                }
            } else if (gate.enterOrWait(this)) {
                open();
            } else {
                long wait = gate.maxWait.toNanos();
                long remaining = remainingNanos();
                await(Math.max(0, Math.min(wait, remaining)), () -> waitedEnough(remaining < wait));
            }
        }

        /** The last try, which the bulkhead's events and meters count as a rejection if it fails. */
        private void waitedEnough(boolean deadline) {
            gate.stopWaiting(this);
            if (gate.tryEnter()) {
                if (!open()) {
                    gate.leave();
                }
                return;
            }
            turnAway(refusal(
                    deadline ? Status.DEADLINE_EXCEEDED : Status.RESOURCE_EXHAUSTED,
                    deadline
                            ? ", and no place was free until the deadline"
                            : ", and no place was free within max-wait-duration, " + gate.maxWait.toMillis() + " ms"));
        }

        @Override
        public boolean letIn() {
            return openLater();
        }

        @Override
        Listener<RespT> entered(Listener<RespT> caller) {
            return new SimpleForwardingClientCallListener<>(caller) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                    release();
                    super.onClose(status, trailers);
                }
            };
        }

        @Override
        void failedToStart() {
            release();
        }

        private void release() {
            if (released.compareAndSet(false, true)) {
                gate.leave();
            }
        }

        @Override
        void left() {
            gate.stopWaiting(this);
        }
    }
}
