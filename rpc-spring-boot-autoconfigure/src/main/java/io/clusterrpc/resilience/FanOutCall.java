/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.InstanceResult;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.TargetInstance;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that goes to several instances, one attempt each, and ends when its {@link Verdict} is known: then attempts that are
 * still under way are cancelled. An instance that cannot be reached has a result like any other.
 *
 * <p>The attempts run on the runtime's executor, their callbacks meet under this object's lock, and whoever sets {@code closed} tells
 * the caller the one end; nothing foreign is called under the lock.
 */
final class FanOutCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

    /** How often the registry is asked that has not answered for the first time yet, and how long without a deadline. */
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final FailoverStage stage;
    private final Verdict<RespT> verdict;
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
    private List<Leg> legs = List.of();
    private final List<InstanceResult<RespT>> results = new ArrayList<>();
    private boolean started;
    private boolean closed;
    private @Nullable Status cancelledEarly;
    private @Nullable Future<?> timer;

    FanOutCall(
            FailoverStage stage,
            Verdict<RespT> verdict,
            MethodDescriptor<ReqT, RespT> method,
            CallOptions options,
            Channel next) {
        this.stage = stage;
        this.verdict = verdict;
        this.method = method;
        this.options = options;
        this.next = next;
        this.deadline = DeadlineStage.holding(options, context);
    }

    /** The attempt at one instance. */
    private final class Leg extends Listener<RespT> {

        final ServiceInstance instance;
        final Attempt attempt = new Attempt(1, Set.of(), stage.policy.attemptPatienceNanos(method));
        private final long begunNanos = stage.runtime.clock().nanoTime();
        private @Nullable RespT response;

        // Guarded by the call
        private @Nullable ClientCall<ReqT, RespT> begun;
        private boolean ended;

        Leg(ServiceInstance instance) {
            this.instance = instance;
        }

        @Override
        public void onMessage(RespT message) {
            response = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            boolean answered = response != null;
            ended(
                    this,
                    status.isOk() && !answered ? Status.INTERNAL.withDescription("No message in the response") : status,
                    status.isOk() ? response : null);
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
            tell(early, null, 0);
        } else {
            stage.budget.called(startedNanos);
        }
    }

    /** Counts for nothing: the attempts ask for their one message themselves. */
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
        synchronized (this) {
            requireIncomplete();
            request.complete();
            if (closed) {
                return;
            }
        }
        choose();
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
            if (!started) {
                return;
            }
        }
        if (close()) {
            tell(status, null, legs().size());
        }
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

    private void choose() {
        List<ServiceInstance> members = stage.fanOut.members().of(method);
        if (members == null && waits()) {
            return;
        }
        Verdict.Choice choice = verdict.choose(stage.reference, method, members == null ? List.of() : members);
        Status refusal = choice.refusal();
        if (refusal != null) {
            finish(refusal, null);
            return;
        }
        List<Leg> chosen = choice.instances().stream().map(Leg::new).toList();
        synchronized (this) {
            if (closed) {
                return;
            }
            legs = chosen;
        }
        chosen.forEach(this::begin);
    }

    /** Whether there is time left until the registry answers. */
    private boolean waits() {
        long waited = stage.runtime.clock().nanoTime() - startedNanos;
        long left = deadline == null ? PATIENCE_NANOS - waited : deadline.timeRemaining(TimeUnit.NANOSECONDS);
        return left > POLL_NANOS && schedule(this::choose, POLL_NANOS);
    }

    private void begin(Leg leg) {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        CallOptions legOptions = options.withOption(Attempt.KEY, leg.attempt)
                .withOption(TargetInstance.KEY, leg.instance.id())
                .withExecutor(stage.runtime.executor());
        Metadata legHeaders = new Metadata();
        legHeaders.merge(headers);
        Context previous = context.attach();
        ClientCall<ReqT, RespT> call;
        try {
            call = next.newCall(method, legOptions);
            call.start(leg, legHeaders);
        } catch (RuntimeException | Error e) {
            ended(leg, Status.fromThrowable(e), null);
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
            call.cancel("The call is over", null);
        }
    }

    private void ended(Leg leg, Status status, @Nullable RespT response) {
        List<InstanceResult<RespT>> soFar;
        int open;
        synchronized (this) {
            if (leg.ended) {
                return;
            }
            leg.ended = true;
            if (closed) {
                soFar = null;
                open = 0;
            } else {
                results.add(new InstanceResult<>(leg.instance, response, status));
                soFar = results.stream()
                        .sorted(Comparator.comparing(result -> result.instance().id()))
                        .toList();
                open = legs.size() - soFar.size();
            }
        }
        leg.attempt.close();
        stage.listener.attemptEnded(
                stage.reference,
                method,
                leg.instance,
                1,
                status.getCode(),
                stage.runtime.clock().nanoTime() - leg.begunNanos);
        if (soFar != null) {
            Verdict.Decision<RespT> decision = verdict.decide(soFar, open);
            if (decision != null) {
                decided(decision, soFar);
            }
        }
    }

    // The end

    private void decided(Verdict.Decision<RespT> decision, List<InstanceResult<RespT>> all) {
        if (decision.merges()) {
            merge(all);
        } else if (close()) {
            if (decision.differs()) {
                stage.listener.disagreed(stage.reference, method);
            }
            verdict.tell(all);
            tell(decision.status(), decision.response(), all.size());
        }
    }

    /** Runs what the application contributes; the caller waits for it no longer than for the call. */
    private void merge(List<InstanceResult<RespT>> all) {
        if (deadline != null) {
            long left = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
            schedule(
                    () -> finish(
                            Status.DEADLINE_EXCEEDED.withDescription(
                                    "The deadline passed while the answers were merged"),
                            null),
                    left);
        }
        Runnable work = context.wrap(() -> {
            Status status = Status.OK;
            RespT merged = null;
            try {
                merged = verdict.merge(stage.fanOut.mergers(), method, all);
            } catch (Throwable e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                status = Verdict.failedToMerge(method, e);
            }
            finish(status, merged);
        });
        try {
            stage.runtime.executor().execute(work);
        } catch (RejectedExecutionException e) {
            finish(Status.UNAVAILABLE.withDescription("The application is shutting down"), null);
        }
    }

    private void finish(Status status, @Nullable RespT response) {
        if (close()) {
            tell(status, response, legs().size());
        }
    }

    private synchronized List<Leg> legs() {
        return legs;
    }

    /** Whether the caller may be told the end; cancels what is under way. */
    private boolean close() {
        List<ClientCall<ReqT, RespT>> underWay = new ArrayList<>();
        Future<?> pending;
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            pending = timer;
            timer = null;
            for (Leg leg : legs) {
                if (!leg.ended && leg.begun != null) {
                    underWay.add(leg.begun);
                }
            }
        }
        if (pending != null) {
            pending.cancel(false);
        }
        underWay.forEach(call -> call.cancel("The call is over", null));
        return true;
    }

    private void tell(Status status, @Nullable RespT response, int attempts) {
        stage.listener.callEnded(
                stage.reference,
                method,
                FailureClassification.of(status, new Metadata()).outcome(),
                status.getCode(),
                attempts,
                stage.runtime.clock().nanoTime() - startedNanos);
        stage.runtime.callBack(options, context, () -> {
            if (response != null) {
                caller.onHeaders(new Metadata());
                caller.onMessage(response);
            }
            caller.onClose(status, new Metadata());
        });
    }

    private boolean schedule(Runnable task, long nanos) {
        Future<?> scheduled;
        try {
            scheduled = stage.runtime
                    .scheduler()
                    .schedule(() -> stage.runtime.callBack(options, context, task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return false;
        }
        boolean obsolete;
        synchronized (this) {
            obsolete = closed;
            timer = closed ? null : scheduled;
        }
        if (obsolete) {
            scheduled.cancel(false);
        }
        return true;
    }
}
