/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.PreviousAttempts;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call with one request message, made of up to several attempts.
 *
 * <ul>
 *   <li>There is never more than one attempt under way: the next begins after gRPC reported the end of the one before, also when
 *       that one was given up here. So the caller's listener hears one attempt only, in order, and needs no lock.
 *   <li>An attempt is heard from its first response message on (then the call is <i>committed</i>), of a unary call once its status is
 *       there too, or at its end if there will be no other. Response headers are held back until then, since the next attempt would bring
 *       them again.
 *   <li>No attempt but the first begins before the caller said all it has to say ({@link #halfClose}). So the caller speaks only
 *       to the first attempt, and only {@link #request} and {@link #cancel} can meet a later one.
 *   <li>What the caller requests is passed on when it has said all: gRPC sends nothing before, so nothing can come back, and its
 *       event loop, which hears of each, is woken up once.
 *   <li>Callbacks run on the threads of gRPC, for a call that ends between two attempts on the executor of the
 *       call, where the
 *       next attempt begins as well. The scheduler only ever hands over to it.
 *   <li>State is guarded by this object's lock; nothing foreign is called while it is held. A change of state to {@code OPENING}
 *       or {@code CLOSED} makes the thread that made it the owner of what follows: opening an attempt, closing the call.
 * </ul>
 */
final class FailoverCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

    enum State {
        /** Not started. */
        NEW,
        /** A thread is making an attempt and saying the request to it. */
        OPENING,
        /** The attempt is under way; or it has just ended, and its last callback decides what follows. */
        RUNNING,
        /** Between two attempts: for the backoff to pass, or for the caller to finish its request. */
        WAITING,
        /** The caller was told the end, or is about to be. */
        CLOSED
    }

    private record Cancellation(
            @Nullable String message, @Nullable Throwable cause) {

        Status status() {
            return Status.CANCELLED
                    .withDescription(message == null ? "Call cancelled without message" : message)
                    .withCause(cause);
        }
    }

    private final FailoverStage stage;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private final Channel next;
    private final Context context = Context.current();
    private final @Nullable Deadline deadline;
    private final boolean only;
    private final AnswerPath path;

    // Written by start(), before anything else happens
    private Listener<RespT> caller = new Listener<>() {};
    private Metadata headers = new Metadata();
    private long startedNanos;

    // Belongs to the owner
    private final AttemptHistory history;

    // Guarded by this
    private final HeldRequest<ReqT> request = new HeldRequest<>();
    private State state = State.NEW;
    private int attempts;
    private boolean replays;
    private @Nullable FailoverAttempt<ReqT, RespT> current;
    private @Nullable Cancellation cancellation;
    private @Nullable AttemptPause pause;
    private boolean committed;

    /** @param only whether it has a single attempt, apart from those that surely reached nobody */
    FailoverCall(
            FailoverStage stage,
            MethodDescriptor<ReqT, RespT> method,
            CallOptions options,
            Channel next,
            boolean only) {
        this.stage = stage;
        this.only = only;
        this.method = method;
        this.options = options;
        this.next = next;
        this.deadline = DeadlineStage.holding(options, context);
        this.path = AnswerPath.of(method, options, stage.policy.readOn());
        this.history = new AttemptHistory(stage, method, context, deadline, stage.policy.safe(method), only);
    }

    // What the caller says

    @Override
    public void start(Listener<RespT> listener, Metadata headers) {
        Cancellation early;
        synchronized (this) {
            if (state != State.NEW) {
                throw new IllegalStateException("call already started");
            }
            caller = listener;
            this.headers = headers;
            startedNanos = stage.runtime.clock().nanoTime();
            early = cancellation;
            state = early == null ? State.OPENING : State.CLOSED;
        }
        if (early != null) {
            closeOnExecutor(early.status());
            return;
        }
        stage.budget.called(startedNanos);
        try {
            opened(begin(false), 0);
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                state = State.CLOSED;
            }
            throw e;
        }
    }

    @Override
    public void request(int messages) {
        FailoverAttempt<ReqT, RespT> attempt;
        synchronized (this) {
            requireStarted();
            if (!committed) {
                request.request(messages);
            }
            attempt = committed || (state == State.RUNNING && request.isComplete()) ? current : null;
        }
        if (attempt != null) {
            attempt.request(messages);
        }
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        FailoverAttempt<ReqT, RespT> attempt;
        synchronized (this) {
            requireStarted();
            request.compression(enabled);
            attempt = firstUnderWay();
        }
        if (attempt != null) {
            attempt.call.setMessageCompression(enabled);
        }
    }

    @Override
    public void sendMessage(ReqT message) {
        FailoverAttempt<ReqT, RespT> attempt;
        synchronized (this) {
            requireIncomplete();
            if (!committed) {
                request.message(message);
            }
            attempt = firstUnderWay();
        }
        if (attempt != null) {
            attempt.call.sendMessage(message);
        }
    }

    @Override
    public void halfClose() {
        FailoverAttempt<ReqT, RespT> attempt;
        AttemptPause awaiting;
        int requested;
        synchronized (this) {
            requireIncomplete();
            request.complete();
            attempt = firstUnderWay();
            awaiting = state == State.WAITING && pause != null && pause.isBackoffOver() ? pause : null;
            requested = request.requested();
        }
        if (attempt != null) {
            attempt.call.halfClose();
            attempt.request(requested);
            attempt.watchSilence();
        } else if (awaiting != null) {
            awaiting.goOn();
        }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        Cancellation first = new Cancellation(message, cause);
        FailoverAttempt<ReqT, RespT> attempt = null;
        boolean waited;
        synchronized (this) {
            if (cancellation != null || state == State.CLOSED) {
                return;
            }
            cancellation = first;
            waited = state == State.WAITING;
            if (waited) {
                state = State.CLOSED;
            } else if (state == State.RUNNING) {
                attempt = current;
            }
        }
        if (attempt != null) {
            attempt.call.cancel(message, cause);
        } else if (waited) {
            closeOnExecutor(first.status());
        }
    }

    @Override
    public boolean isReady() {
        FailoverAttempt<ReqT, RespT> attempt;
        synchronized (this) {
            attempt = state == State.RUNNING ? current : null;
        }
        return attempt != null && attempt.call.isReady();
    }

    @Override
    public Attributes getAttributes() {
        FailoverAttempt<ReqT, RespT> attempt;
        synchronized (this) {
            attempt = current;
        }
        return attempt == null ? Attributes.EMPTY : attempt.call.getAttributes();
    }

    private void requireStarted() {
        if (state == State.NEW) {
            throw new IllegalStateException("call not started");
        }
    }

    private void requireIncomplete() {
        requireStarted();
        if (request.isComplete()) {
            throw new IllegalStateException("call was half-closed");
        }
    }

    /** The attempt that the caller speaks to itself. */
    private @Nullable FailoverAttempt<ReqT, RespT> firstUnderWay() {
        return !replays && state == State.RUNNING && cancellation == null ? current : null;
    }

    // The loop of attempts

    /**
     * Makes an attempt and starts it. Called by the owner of {@code OPENING}.
     *
     * @param again whether it takes the place of one that reached nobody, and therefore counts no more than that one
     */
    private FailoverAttempt<ReqT, RespT> begin(boolean again) {
        WholeAnswer answer = path.wholeAnswer();
        Attempt attempt;
        synchronized (this) {
            attempts += again ? 0 : 1;
            attempt = new Attempt(attempts, history.avoided(), stage.policy.attemptPatienceNanos(method), answer);
        }
        CallOptions attemptOptions = path.apply(options.withOption(Attempt.KEY, attempt), answer);
        long timeout = history.timeoutNanos(attempt.number());
        Deadline own = null;
        if (timeout > 0 && method.getType() == MethodType.UNARY) {
            own = Deadline.after(timeout, TimeUnit.NANOSECONDS, stage.runtime.clock());
            attemptOptions = attemptOptions.withDeadline(own);
        }
        Metadata attemptHeaders = new Metadata();
        attemptHeaders.merge(headers);
        PreviousAttempts.write(attemptHeaders, attempt.number() - 1);
        CancellableContext timed = path.timed()
                ? TimedAttempt.context(context, attemptOptions.getDeadline(), stage.runtime.scheduler())
                : null;
        Context within = timed == null ? context : timed;
        Context previous = within.attach();
        try {
            FailoverAttempt<ReqT, RespT> begun = new FailoverAttempt<>(
                    stage, this, attempt, next.newCall(method, attemptOptions), answer, own, timeout);
            synchronized (this) {
                current = begun;
            }
            begun.call.start(timed == null ? begun : new TimedAttempt<>(begun, context, timed), attemptHeaders);
            return begun;
        } catch (RuntimeException | Error e) {
            attempt.close();
            if (timed != null) {
                timed.cancel(null);
            }
            throw e;
        } finally {
            within.detach(previous);
        }
    }

    /** Lets the caller's words reach an attempt, first those said while the attempt was being opened. */
    private void opened(FailoverAttempt<ReqT, RespT> attempt, int alreadyRequested) {
        Cancellation early;
        int more;
        boolean complete;
        synchronized (this) {
            // One that ended may have the next one opened already, and that is another owner's to say.
            if (state != State.OPENING || current != attempt || attempt.hasEnded()) {
                return;
            }
            state = State.RUNNING;
            early = cancellation;
            more = request.requested() - alreadyRequested;
            complete = request.isComplete();
        }
        if (early != null) {
            attempt.call.cancel(early.message, early.cause);
            return;
        }
        if (complete) {
            attempt.request(more);
            attempt.watchSilence();
        }
    }

    // What an attempt asks, all guarded by this

    /** Whether nothing but this attempt is going on. */
    boolean isCurrent(FailoverAttempt<ReqT, RespT> attempt) {
        return current == attempt && state != State.CLOSED;
    }

    /** Whether there may be another attempt, as far as the caller is concerned. */
    boolean mayGoOn() {
        return !committed && cancellation == null;
    }

    /** The caller hears a response: there will be no other attempt. */
    void commit() {
        committed = true;
        request.release();
    }

    // What an attempt asks and tells from its callbacks

    Listener<RespT> caller() {
        return caller;
    }

    MethodDescriptor<ReqT, RespT> method() {
        return method;
    }

    /** Whether nothing follows the attempt, so that its caller may hear of response headers at once. */
    boolean tellsHeadersAtOnce() {
        return only && !path.inOnePiece();
    }

    /** Whether the caller hears all of an answer together, at its end. */
    boolean hearsInOnePiece() {
        return path.inOnePiece();
    }

    AttemptHistory history() {
        return history;
    }

    /**
     * Makes an attempt again, at once, that surely reached nobody. Asked by the last callback of the attempt, the owner.
     *
     * @return {@code false} if it counts as a failed attempt like any other
     */
    boolean repeatsUndelivered(Attempt attempt, Undelivered why) {
        if (!history.repeatsUndelivered(attempt, why)) {
            return false;
        }
        if (pauses(0)) {
            return true;
        }
        history.takesRepeat();
        return false;
    }

    /** Decides what follows an attempt; its last callback is the owner. */
    void ended(FailoverAttempt<ReqT, RespT> attempt, boolean mayRepeat, Status status, Metadata trailers) {
        long wait = history.ended(attempt.attempt, mayRepeat, status, trailers);
        if (wait < 0 || !pauses(wait)) {
            close(attempt, status, trailers);
        }
    }

    private boolean pauses(long nanos) {
        AttemptPause between;
        synchronized (this) {
            between = pause;
            if (between == null) {
                between = new AttemptPause(this, stage.runtime, options, context, deadline);
                pause = between;
            }
        }
        return between.begin(nanos);
    }

    // What a pause asks and tells

    /** Starts waiting, unless the caller lost interest. Guarded by this. */
    boolean beginsToWait() {
        if (cancellation != null || state == State.CLOSED) {
            return false;
        }
        state = State.WAITING;
        return true;
    }

    /** Guarded by this. */
    boolean isWaiting() {
        return state == State.WAITING;
    }

    /** Guarded by this. */
    boolean hasCompleteRequest() {
        return request.isComplete();
    }

    /** Whether the call waited until now; then the thread that asks is the owner. */
    synchronized boolean stopsWaiting(State to) {
        if (state != State.WAITING) {
            return false;
        }
        state = to;
        return true;
    }

    /** Begins the next attempt. Called by the owner of {@code OPENING}. */
    void openNext() {
        boolean again = history.takesRepeat();
        if (history.isLate()) {
            history.outOfTime();
            close(null, AttemptPause.PASSED, new Metadata());
            return;
        }
        if (!again) {
            history.failsOver();
        }
        synchronized (this) {
            replays = true;
        }
        FailoverAttempt<ReqT, RespT> attempt;
        try {
            attempt = begin(again);
        } catch (RuntimeException | Error e) {
            close(null, Status.fromThrowable(e), new Metadata());
            return;
        }
        int requested;
        synchronized (this) {
            if (attempt.hasEnded()) {
                return;
            }
            requested = request.requested();
        }
        try {
            request.replay(attempt.call, 0);
            attempt.request(requested);
        } catch (RuntimeException | Error e) {
            attempt.call.cancel("The request could not be sent again", e);
        }
        opened(attempt, requested);
    }

    // The end

    /** Ends the call on this thread, if nobody else did. */
    private void close(@Nullable FailoverAttempt<ReqT, RespT> last, Status status, Metadata trailers) {
        Cancellation early;
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
            request.release();
            early = committed || status.isOk() ? null : cancellation;
        }
        if (early != null) {
            deliver(last, early.status(), new Metadata());
        } else {
            deliver(last, status, trailers);
        }
    }

    /** Ends a call that has no attempt under way. Called by the owner of {@code CLOSED}. */
    void closeOnExecutor(Status status) {
        AttemptPause between;
        synchronized (this) {
            between = pause;
            request.release();
        }
        history.outOfTime();
        if (between != null) {
            between.end();
        }
        stage.runtime.callBack(options, context, () -> deliver(null, status, new Metadata()));
    }

    private void deliver(@Nullable FailoverAttempt<ReqT, RespT> last, Status status, Metadata trailers) {
        AttemptHistory.End end = history.end(status, trailers, attempts, startedNanos);
        if (path.handsOver()) {
            stage.runtime.callBack(options, context, () -> tell(last, end.status(), end.trailers()));
        } else {
            tell(last, end.status(), end.trailers());
        }
    }

    private void tell(@Nullable FailoverAttempt<ReqT, RespT> last, Status status, Metadata trailers) {
        Status told = status;
        Metadata toldTrailers = trailers;
        if (last != null) {
            try {
                last.tellHeld();
            } catch (RuntimeException | Error e) {
                told = Status.CANCELLED
                        .withDescription("Failed to read the answer")
                        .withCause(e);
                toldTrailers = new Metadata();
            }
        }
        caller.onClose(told, toldTrailers);
    }
}
