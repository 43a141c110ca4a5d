/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.core.instrument.LongTaskTimer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** One call, measured from its start to its end. */
final class LightClientCall<ReqT, RespT> extends SimpleForwardingClientCall<ReqT, RespT> {

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<LightClientCall> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(LightClientCall.class, "ended");

    private final ClientMeters meters;
    private long startNanos;
    private LongTaskTimer.@Nullable Sample active;
    private volatile int ended;

    LightClientCall(ClientCall<ReqT, RespT> delegate, ClientMeters meters) {
        super(delegate);
        this.meters = meters;
    }

    @Override
    public void start(Listener<RespT> responseListener, Metadata headers) {
        startNanos = meters.now();
        active = meters.start();
        try {
            super.start(new Answers(responseListener), headers);
        } catch (Throwable e) {
            end(null, e);
            throw e;
        }
    }

    @Override
    public void sendMessage(ReqT message) {
        meters.messageSent();
        super.sendMessage(message);
    }

    @Override
    public void halfClose() {
        try {
            super.halfClose();
        } catch (Throwable e) {
            end(null, e);
            throw e;
        }
    }

    /** A call that failed while it was started or sent is told of its end a second time. */
    private void end(Status.@Nullable Code code, @Nullable Throwable error) {
        if (ENDED.compareAndSet(this, 0, 1)) {
            meters.ended(code, error, meters.now() - startNanos);
            LongTaskTimer.Sample sample = active;
            if (sample != null) {
                sample.stop();
            }
        }
    }

    private final class Answers extends SimpleForwardingClientCallListener<RespT> {

        Answers(Listener<RespT> delegate) {
            super(delegate);
        }

        @Override
        public void onMessage(RespT message) {
            meters.messageReceived();
            super.onMessage(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            boolean failed = !status.isOk() && status.getCode() != Status.Code.CANCELLED;
            end(status.getCode(), failed ? status.getCause() : null);
            super.onClose(status, trailers);
        }
    }
}
