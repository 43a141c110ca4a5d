/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener.Outcome;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call that holds a permission of the breaker from its start until its outcome is known: for a stream at its first response,
 * else at its end. The permission is recorded or released at most once. A cancelled call releases it when gRPC reports the end, as
 * gRPC always does for a call that was started. What a call learned that began before an outage is forgotten if the breaker is
 * half-open by then: only the calls it admitted since then decide.
 */
final class BreakerCall<ReqT, RespT> extends ForwardingClientCall<ReqT, RespT> {

    private static final Metadata NO_TRAILERS = new Metadata();

    private final BreakerStage stage;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private ClientCall<ReqT, RespT> delegate;
    private boolean started;

    BreakerCall(
            BreakerStage stage,
            MethodDescriptor<ReqT, RespT> method,
            CallOptions options,
            ClientCall<ReqT, RespT> delegate) {
        this.stage = stage;
        this.method = method;
        this.options = options;
        this.delegate = delegate;
    }

    @Override
    protected ClientCall<ReqT, RespT> delegate() {
        return delegate;
    }

    @Override
    public void start(Listener<RespT> listener, Metadata headers) {
        if (started) {
            throw new IllegalStateException("call already started");
        }
        started = true;
        if (!stage.breaker.tryAcquirePermission()) {
            reject(listener);
            return;
        }
        Recorder recorder = new Recorder(listener, stage.runtime.clock().nanoTime(), isHalfOpen());
        try {
            super.start(recorder, headers);
        } catch (RuntimeException | Error e) {
            recorder.release();
            throw e;
        }
    }

    private boolean isHalfOpen() {
        return stage.breaker.getState() == CircuitBreaker.State.HALF_OPEN;
    }

    private void reject(Listener<RespT> listener) {
        delegate = new UnsentCall<>();
        Status status = stage.rejection();
        stage.runtime.callBack(options, Context.current(), () -> {
            stage.listener.callEnded(stage.reference, method, Outcome.REJECTED, status.getCode(), 0, 0);
            listener.onClose(status, new Metadata());
        });
    }

    /** Callbacks come one at a time, but a call may fail to start while they do: hence the lock. */
    private final class Recorder extends ForwardingClientCallListener<RespT> {

        private final Listener<RespT> listener;
        private final long startedNanos;
        private final boolean probe;
        private boolean settled;

        /** @param probe whether a half-open breaker admitted the call to find out how the service does */
        Recorder(Listener<RespT> listener, long startedNanos, boolean probe) {
            this.listener = listener;
            this.startedNanos = startedNanos;
            this.probe = probe;
        }

        @Override
        protected Listener<RespT> delegate() {
            return listener;
        }

        @Override
        public void onMessage(RespT message) {
            if (!method.getType().serverSendsOneMessage()) {
                record(Status.OK, NO_TRAILERS);
            }
            super.onMessage(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            record(status, trailers);
            super.onClose(status, trailers);
        }

        void release() {
            if (settle()) {
                stage.breaker.releasePermission();
            }
        }

        /** Whether the breaker shall hear of it: for the first time, and from a call that it counts among its own. */
        private boolean settle() {
            synchronized (this) {
                if (settled) {
                    return false;
                }
                settled = true;
            }
            return probe || !isHalfOpen();
        }

        private void record(Status status, Metadata trailers) {
            if (!settle()) {
                return;
            }
            // How long a stream takes says nothing, so it is never one of the slow calls that a user may have
            // configured.
            long nanos = method.getType().serverSendsOneMessage() ? elapsed() : 0;
            try {
                switch (FailureClassification.of(status, trailers)) {
                    case ANSWERED, SHED -> stage.breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
                    case FAILED -> {
                        if (saysNothing(status)) {
                            stage.breaker.releasePermission();
                        } else {
                            stage.breaker.onError(nanos, TimeUnit.NANOSECONDS, status.asRuntimeException(trailers));
                        }
                    }
                    case CANCELLED -> stage.breaker.releasePermission();
                }
            } catch (RuntimeException | LinkageError e) {
                stage.recordFailed(e);
            }
        }

        /**
         * A caller that gave the service less time than an attempt may take learned nothing about the service. A tenth is
         * forgiven: the deadline was set a little before the call started.
         */
        private boolean saysNothing(Status status) {
            if (status.getCode() != Status.Code.DEADLINE_EXCEEDED) {
                return false;
            }
            Deadline deadline = DeadlineStage.holding(options, Context.current());
            long patience = stage.policy.patienceNanos(method);
            return deadline != null
                    && deadline.timeRemaining(TimeUnit.NANOSECONDS) + elapsed() < patience - patience / 10;
        }

        private long elapsed() {
            return stage.runtime.clock().nanoTime() - startedNanos;
        }
    }

    /** What a caller that was turned away talks to while it does not know yet. */
    private static final class UnsentCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

        @Override
        public void start(Listener<RespT> listener, Metadata headers) {}

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(ReqT message) {}

        @Override
        public boolean isReady() {
            return false;
        }
    }
}
