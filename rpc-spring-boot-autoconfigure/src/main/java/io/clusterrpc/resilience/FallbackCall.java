/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.RpcFallback;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A unary call whose failure is kept from its caller while something else answers: a {@link RpcFallback}, else an empty message.
 * A fallback runs on the runtime's executor. Its answer, what it throws, its time limit, and a caller that gives up race for the
 * one end that the caller hears.
 */
final class FallbackCall<ReqT, RespT> extends SimpleForwardingClientCall<ReqT, RespT> {

    /** What a fallback gets at least: a call that failed because its deadline passed has nothing left. */
    private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final FailsafeStage stage;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private final Context context = Context.current();

    // Guarded by this
    private @Nullable ReqT request;
    private boolean complete;
    private @Nullable Answering answering;
    private @Nullable Status cancellation;

    FallbackCall(
            FailsafeStage stage,
            MethodDescriptor<ReqT, RespT> method,
            CallOptions options,
            ClientCall<ReqT, RespT> delegate) {
        super(delegate);
        this.stage = stage;
        this.method = method;
        this.options = options;
    }

    @Override
    public void start(Listener<RespT> caller, Metadata headers) {
        super.start(new Holding(caller), headers);
    }

    @Override
    public void sendMessage(ReqT message) {
        synchronized (this) {
            request = message;
        }
        super.sendMessage(message);
    }

    @Override
    public void halfClose() {
        super.halfClose();
        Answering awaiting;
        synchronized (this) {
            complete = true;
            awaiting = answering;
        }
        if (awaiting != null) {
            awaiting.begin();
        }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        Status cancelled = Status.CANCELLED
                .withDescription(message == null ? "Call cancelled without message" : message)
                .withCause(cause);
        Answering under;
        synchronized (this) {
            under = answering;
            cancellation = cancelled;
        }
        if (under != null) {
            under.cancelled(cancelled);
        }
        super.cancel(message, cause);
    }

    /** Holds back what the caller must not hear before it is known how the call ends. */
    private final class Holding extends Listener<RespT> {

        private final Listener<RespT> caller;
        private @Nullable Metadata headers;
        private @Nullable RespT message;

        Holding(Listener<RespT> caller) {
            this.caller = caller;
        }

        @Override
        public void onReady() {
            caller.onReady();
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
            if (!FailsafeStage.isFailure(status)) {
                if (headers != null) {
                    caller.onHeaders(headers);
                }
                if (message != null) {
                    caller.onMessage(message);
                }
                caller.onClose(status, trailers);
                return;
            }
            failed(caller, status, trailers);
        }
    }

    private void failed(Listener<RespT> caller, Status status, Metadata trailers) {
        RpcFallback<ReqT, RespT> fallback;
        try {
            fallback = fallback();
        } catch (RuntimeException | LinkageError e) {
            caller.onClose(stage.fallbackFailed(method, status, e), trailers);
            return;
        }
        if (fallback == null) {
            stage.fellBack(method, status, "an empty answer");
            tell(caller, method.parseResponse(new ByteArrayInputStream(new byte[0])));
            return;
        }
        Answering made = new Answering(fallback, caller, status, trailers);
        Status early;
        boolean ready;
        synchronized (this) {
            early = cancellation;
            answering = early == null ? made : null;
            // A call that is turned away at its start fails before its caller said what it wants.
            ready = complete;
        }
        if (early != null) {
            caller.onClose(early, new Metadata());
        } else if (ready) {
            made.begin();
        }
    }

    private synchronized @Nullable ReqT takeRequest() {
        ReqT said = request;
        request = null;
        return said;
    }

    /** Configuration has seen to it that the types fit; what a raw one answers is looked at before it is used. */
    @SuppressWarnings("unchecked")
    private @Nullable RpcFallback<ReqT, RespT> fallback() {
        return (RpcFallback<ReqT, RespT>) stage.fallbacks.of(method);
    }

    private void tell(Listener<RespT> caller, RespT answer) {
        caller.onHeaders(new Metadata());
        caller.onMessage(answer);
        caller.onClose(Status.OK, new Metadata());
    }

    /** A fallback at work. */
    private final class Answering {

        private final RpcFallback<ReqT, RespT> fallback;
        private final Listener<RespT> caller;
        private final Status status;
        private final Metadata trailers;

        // Guarded by this
        private boolean settled;
        private @Nullable Future<?> work;
        private @Nullable Future<?> limit;

        Answering(RpcFallback<ReqT, RespT> fallback, Listener<RespT> caller, Status status, Metadata trailers) {
            this.fallback = fallback;
            this.caller = caller;
            this.status = status;
            this.trailers = trailers;
        }

        /** Called once the request is complete, by whoever comes second: its end, or the failure. */
        void begin() {
            ReqT asked = takeRequest();
            FutureTask<?> task = new FutureTask<>(context.wrap(() -> ask(asked)), null);
            synchronized (this) {
                if (settled || work != null) {
                    return;
                }
                work = task;
            }
            Future<?> timer = schedule();
            boolean obsolete;
            synchronized (this) {
                limit = timer;
                obsolete = settled;
            }
            if (obsolete && timer != null) {
                timer.cancel(false);
            }
            try {
                stage.runtime.executor().execute(task);
            } catch (RejectedExecutionException e) {
                failed(e);
            }
        }

        private @Nullable Future<?> schedule() {
            Deadline deadline = DeadlineStage.holding(options, context);
            if (deadline == null) {
                return null;
            }
            long nanos = Math.max(LEAST_NANOS, deadline.timeRemaining(TimeUnit.NANOSECONDS));
            try {
                return stage.runtime.scheduler().schedule(() -> tooLate(nanos), nanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                return null; // shutting down
            }
        }

        private void tooLate(long nanos) {
            failed(new TimeoutException(
                    "no answer within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms (expected: before the deadline"
                            + " of the call, or within " + TimeUnit.NANOSECONDS.toMillis(LEAST_NANOS) + " ms)"));
            interrupt();
        }

        private void ask(@Nullable ReqT asked) {
            RespT answer;
            try {
                if (asked == null) {
                    throw new IllegalStateException("the call had no request");
                }
                answer = checked(fallback.answer(asked, status.asRuntimeException(trailers)));
            } catch (Throwable e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                failed(e);
                return;
            }
            if (settle()) {
                stage.fellBack(method, status, "the answer of a fallback");
                stage.runtime.callBack(options, context, () -> tell(caller, answer));
            }
        }

        private RespT checked(@Nullable RespT answer) {
            if (answer == null) {
                throw new IllegalStateException("null (expected: an answer)");
            }
            if (method.getResponseMarshaller() instanceof ReflectableMarshaller<?> typed
                    && !typed.getMessageClass().isInstance(answer)) {
                throw new IllegalStateException(answer.getClass().getName() + " (expected: "
                        + typed.getMessageClass().getName() + ")");
            }
            return answer;
        }

        private void failed(Throwable why) {
            if (settle()) {
                Status told = stage.fallbackFailed(method, status, why);
                stage.runtime.callBack(options, context, () -> caller.onClose(told, trailers));
            }
        }

        void cancelled(Status cancellation) {
            if (settle()) {
                interrupt();
                stage.runtime.callBack(options, context, () -> caller.onClose(cancellation, new Metadata()));
            }
        }

        /** Tells a fallback that nobody waits for it. */
        private void interrupt() {
            Future<?> atWork;
            synchronized (this) {
                atWork = work;
            }
            if (atWork != null) {
                atWork.cancel(true);
            }
        }

        /** Whether the caller may be told now. */
        private boolean settle() {
            Future<?> timer;
            synchronized (this) {
                if (settled) {
                    return false;
                }
                settled = true;
                timer = limit;
            }
            if (timer != null) {
                timer.cancel(false);
            }
            return true;
        }
    }
}
