/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A unary call of a safe method that may have two attempts under way: the second one begins on another instance when the first has
 * taken long, or at once when it failed. The first answer wins and the other attempt is cancelled; of two failures the later is told.
 *
 * <ul>
 *   <li>Nothing begins before the caller said all it has to say, so no attempt is spoken to by two threads.
 *   <li>Attempts only ever talk to this call, on the executor of the runtime, since one of them may outlive the thread of a blocked
 *       caller. Answers are kept until an attempt ends; whoever sets {@code closed} tells the caller, once.
 *   <li>State is guarded by this object's lock; nothing foreign is called while it is held. An attempt is cancelled by the one who
 *       closes the call if it has begun, else by the thread that begins it.
 * </ul>
 */
final class HedgedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

    private final FailoverStage stage;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private final Channel next;
    private final Context context = Context.current();
    private final @Nullable Deadline deadline;

    // Written by start(), before anything else happens
    private Listener<RespT> caller = new Listener<>() {};
    private Metadata headers = new Metadata();
    private long startedNanos;

    // Guarded by this
    private final HeldRequest<ReqT> request = new HeldRequest<>();
    private boolean started;
    private boolean closed;
    private boolean refused;
    private @Nullable Undeliveries undelivered;
    private @Nullable Status cancelledEarly;
    private @Nullable Leg first;
    private @Nullable Leg second;
    private @Nullable ScheduledFuture<?> timer;

    HedgedCall(FailoverStage stage, MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        this.stage = stage;
        this.method = method;
        this.options = options;
        this.next = next;
        this.deadline = DeadlineStage.holding(options, context);
    }

    /** One attempt. What it heard belongs to its callbacks, which come one at a time. */
    private final class Leg extends Listener<RespT> {

        final Attempt attempt;
        private volatile long begunNanos;
        private @Nullable Metadata heldHeaders;
        private @Nullable RespT heldMessage;

        // Guarded by the call
        private @Nullable ClientCall<ReqT, RespT> begun;
        private boolean ended;

        Leg(int number, Set<String> tried) {
            this.attempt = new Attempt(number, tried);
        }

        @Override
        public void onHeaders(Metadata headers) {
            heldHeaders = headers;
        }

        @Override
        public void onMessage(RespT message) {
            heldMessage = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended(this, status, trailers);
        }

        long tookNanos() {
            return stage.runtime.clock().nanoTime() - begunNanos;
        }
    }

    // What the caller says

    @Override
    public void start(Listener<RespT> listener, Metadata headers) {
        Status early;
        synchronized (this) {
            if (started) {
                throw new IllegalStateException("call already started");
            }
            started = true;
            caller = listener;
            this.headers = headers;
            startedNanos = stage.runtime.clock().nanoTime();
            early = cancelledEarly;
            closed = early != null;
        }
        if (early != null) {
            tell(early, new Metadata(), null);
        } else {
            stage.budget.called(startedNanos);
        }
    }

    /** Counts for nothing: an attempt asks for its one message itself. */
    @Override
    public void request(int messages) {}

    @Override
    public synchronized void setMessageCompression(boolean enabled) {
        request.compression(enabled);
    }

    @Override
    public synchronized void sendMessage(ReqT message) {
        requireIncomplete();
        request.message(message);
    }

    @Override
    public void halfClose() {
        Leg leg;
        synchronized (this) {
            requireIncomplete();
            request.complete();
            if (closed) {
                return;
            }
            leg = new Leg(1, Set.of());
            first = leg;
        }
        long delay = stage.maxAttempts > 1 ? stage.hedgeDelayNanos(method) : 0;
        if (delay > 0) {
            schedule(this::hedge, delay);
        }
        begin(leg);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        Status status = Status.CANCELLED
                .withDescription(message == null ? "Call cancelled without message" : message)
                .withCause(cause);
        synchronized (this) {
            if (!started && cancelledEarly == null) {
                cancelledEarly = status;
            }
            if (!started || closed) {
                return;
            }
            closed = true;
        }
        close(status, new Metadata(), null);
    }

    @Override
    public synchronized boolean isReady() {
        return started && !closed && !request.isComplete();
    }

    private void requireIncomplete() {
        if (!started || request.isComplete()) {
            throw new IllegalStateException(started ? "call was half-closed" : "call not started");
        }
    }

    // The attempts

    /** Called by the thread that made the attempt, once. */
    private void begin(Leg leg) {
        leg.begunNanos = stage.runtime.clock().nanoTime();
        CallOptions attemptOptions =
                options.withOption(Attempt.KEY, leg.attempt).withExecutor(stage.runtime.executor());
        Metadata attemptHeaders = new Metadata();
        attemptHeaders.merge(headers);
        Context previous = context.attach();
        ClientCall<ReqT, RespT> call;
        try {
            call = next.newCall(method, attemptOptions);
            call.start(leg, attemptHeaders);
        } catch (RuntimeException | Error e) {
            ended(leg, Status.fromThrowable(e), new Metadata());
            return;
        } finally {
            context.detach(previous);
        }
        try {
            request.replay(call, 2);
        } catch (RuntimeException | Error e) {
            call.cancel("The request could not be sent", e);
        }
        boolean late;
        synchronized (this) {
            leg.begun = call;
            late = closed && !leg.ended;
        }
        if (late) {
            call.cancel("Another attempt was answered, or the call was cancelled", null);
        }
    }

    /** The first attempt has taken long. */
    private void hedge() {
        Leg leg;
        boolean spent;
        synchronized (this) {
            if (closed || second != null || first == null || first.ended) {
                return;
            }
            spent = !stage.budget.tryRetry();
            leg = spent ? null : another(first);
        }
        if (leg == null) {
            stage.listener.retryRefused(stage.reference, method, Status.Code.OK);
            return;
        }
        stage.listener.hedged(stage.reference, method);
        begin(leg);
    }

    private Leg another(Leg failedOrSlow) {
        ServiceInstance tried = failedOrSlow.attempt.instance();
        Leg leg = new Leg(2, tried == null ? Set.of() : Set.of(tried.id()));
        second = leg;
        return leg;
    }

    private void ended(Leg leg, Status status, Metadata trailers) {
        synchronized (this) {
            if (leg.ended) {
                return;
            }
            leg.ended = true;
        }
        leg.attempt.close();
        Leg anew = status.isOk() ? null : replacement(leg, status);
        if (anew != null) {
            begin(anew);
            return;
        }
        stage.listener.attemptEnded(
                stage.reference,
                method,
                leg.attempt.instance(),
                leg.attempt.number(),
                status.getCode(),
                leg.tookNanos());
        boolean repeats =
                !context.isCancelled() && RepeatRule.allows(true, false, Undelivered.NO, leg.attempt, status, trailers);
        long wait = repeats ? stage.pushbackNanos(trailers) : -1;
        if (deadline != null && wait >= deadline.timeRemaining(TimeUnit.NANOSECONDS)) {
            wait = -1;
        }
        Leg following = null;
        boolean newlyRefused = false;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (repeats && leg == first && second == null && wait >= 0 && stage.maxAttempts > 1) {
                if (stage.budget.tryRetry()) {
                    following = another(leg);
                } else {
                    refused = true;
                    newlyRefused = true;
                }
            } else if (repeats && isUnderWay(leg == first ? second : first)) {
                return;
            }
            closed = following == null;
        }
        if (newlyRefused) {
            stage.listener.retryRefused(stage.reference, method, status.getCode());
        }
        if (following == null) {
            close(status, trailers, leg);
            return;
        }
        stage.listener.failedOver(stage.reference, method, leg.attempt.instance(), status.getCode());
        Leg begins = following;
        if (wait == 0) {
            begin(begins);
        } else if (!schedule(() -> beginUnlessClosed(begins), wait)) {
            begin(begins);
        }
    }

    /** The attempt that takes the place of one that surely reached nobody, if any. */
    private @Nullable Leg replacement(Leg leg, Status status) {
        Undelivered why = Undelivered.of(leg.attempt, status);
        if (why == Undelivered.NO || context.isCancelled() || (deadline != null && deadline.isExpired())) {
            return null;
        }
        synchronized (this) {
            if (undelivered == null) {
                undelivered = new Undeliveries();
            }
            if (closed || !undelivered.repeats(leg.attempt, why)) {
                return null;
            }
            Leg anew = new Leg(leg.attempt.number(), undelivered.avoiding(leg.attempt.tried()));
            if (leg == first) {
                first = anew;
            } else {
                second = anew;
            }
            return anew;
        }
    }

    private static boolean isUnderWay(HedgedCall<?, ?>.@Nullable Leg leg) {
        return leg != null && !leg.ended;
    }

    private void beginUnlessClosed(Leg leg) {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        begin(leg);
    }

    private boolean schedule(Runnable task, long nanos) {
        ScheduledFuture<?> scheduled;
        try {
            scheduled = stage.runtime
                    .scheduler()
                    .schedule(() -> stage.runtime.callBack(options, context, task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return false;
        }
        ScheduledFuture<?> obsolete;
        synchronized (this) {
            obsolete = closed ? scheduled : timer;
            timer = closed ? null : scheduled;
        }
        if (obsolete != null) {
            obsolete.cancel(false);
        }
        return true;
    }

    // The end

    /** Called by the thread that set {@code closed}. */
    private void close(Status status, Metadata trailers, @Nullable Leg winner) {
        ScheduledFuture<?> pending;
        ClientCall<ReqT, RespT> loser;
        ClientCall<ReqT, RespT> otherLoser;
        long cutShortNanos;
        synchronized (this) {
            pending = timer;
            timer = null;
            loser = first != null && !first.ended ? first.begun : null;
            cutShortNanos = loser != null && first != null && winner == second ? first.tookNanos() : 0;
            otherLoser = second != null && !second.ended ? second.begun : null;
        }
        if (pending != null) {
            pending.cancel(false);
        }
        if (winner != null && status.isOk()) {
            stage.seen(method, winner.tookNanos(), cutShortNanos);
        }
        for (ClientCall<ReqT, RespT> each : Arrays.asList(loser, otherLoser)) {
            if (each != null) {
                each.cancel("Another attempt was answered, or the call was cancelled", null);
            }
        }
        tell(status, trailers, winner);
    }

    private void tell(Status status, Metadata trailers, @Nullable Leg winner) {
        int attempts;
        boolean decided;
        synchronized (this) {
            attempts = second != null ? 2 : first != null ? 1 : 0;
            decided = refused || second != null;
        }
        FailureClassification end = FailureClassification.of(status, trailers);
        stage.listener.callEnded(
                stage.reference,
                method,
                end.outcome(),
                status.getCode(),
                attempts,
                stage.runtime.clock().nanoTime() - startedNanos);
        boolean failed = end != FailureClassification.ANSWERED && end != FailureClassification.CANCELLED;
        Status told = failed && decided
                ? status.augmentDescription(
                        attempts == 2
                                ? "2 attempts (hedged)"
                                : "1 attempt, no further one because the retry budget of the reference is spent")
                : status;
        Metadata toldTrailers = failed ? FailoverStage.tell(context, decided, trailers) : trailers;
        stage.runtime.callBack(options, context, () -> deliver(winner, told, toldTrailers));
    }

    private void deliver(@Nullable Leg winner, Status status, Metadata trailers) {
        try {
            if (winner != null && winner.heldHeaders != null) {
                caller.onHeaders(winner.heldHeaders);
            }
            if (winner != null && winner.heldMessage != null) {
                caller.onMessage(winner.heldMessage);
            }
        } catch (RuntimeException | Error e) {
            caller.onClose(
                    Status.CANCELLED
                            .withDescription("Failed to read the answer")
                            .withCause(e),
                    new Metadata());
            return;
        }
        caller.onClose(status, trailers);
    }
}
