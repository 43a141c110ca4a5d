/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import com.google.common.util.concurrent.MoreExecutors;
import io.clusterrpc.Attempt;
import io.clusterrpc.PreviousAttempts;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call with one request message, made of up to several attempts.
 *
 * <ul>
 *   <li>There is never more than one attempt under way: the next begins after gRPC reported the end of the one before, also when
 *       that one was given up here. So the caller's listener hears one attempt only, in order, and needs no lock.
 *   <li>An attempt is heard from its first response message on (then the call is <i>committed</i>), or at its end if there will
 *       be no other. Response headers are held back until then, since the next attempt would bring them again.
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
final class FailoverCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements Context.CancellationListener {

    private enum State {
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

    private static final Status PASSED =
            Status.DEADLINE_EXCEEDED.withDescription("The deadline passed between two attempts");

    private final FailoverStage stage;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private final Channel next;
    private final Context context = Context.current();
    private final @Nullable Deadline deadline;
    private final boolean safe;
    private final boolean only;
    private final boolean inOnePiece;
    /** Runs the callbacks of a unary call, if it brought an executor that may be worth sparing. */
    private final @Nullable Executor waiting;
    /** Whether no callback of an application runs on the thread that ends an attempt late. */
    private final boolean timesItself;

    // Written by start(), before anything else happens
    private Listener<RespT> caller = new Listener<>() {};
    private Metadata headers = new Metadata();
    private long startedNanos;

    // Belongs to the owner
    private @Nullable FailedAttempts failed;
    private @Nullable Undeliveries undelivered;

    // Guarded by this
    private final HeldRequest<ReqT> request = new HeldRequest<>();
    private State state = State.NEW;
    private int attempts;
    private boolean replays;
    private @Nullable FailoverAttempt<ReqT, RespT> current;
    private @Nullable Cancellation cancellation;
    private boolean backoffOver;
    private @Nullable ScheduledFuture<?> timer;
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
        this.safe = stage.policy.safe(method);
        boolean unary = method.getType() == MethodType.UNARY;
        Executor executor = options.getExecutor();
        this.inOnePiece = unary && stage.policy.readOn() == ResponseThread.TRANSPORT;
        boolean direct = executor == MoreExecutors.directExecutor();
        this.waiting = unary && !direct ? executor : null;
        this.timesItself = !direct && (!inOnePiece || waiting != null);
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
        boolean awaited;
        int requested;
        synchronized (this) {
            requireIncomplete();
            request.complete();
            attempt = firstUnderWay();
            awaited = state == State.WAITING && backoffOver;
            requested = request.requested();
        }
        if (attempt != null) {
            attempt.call.halfClose();
            attempt.request(requested);
            attempt.watchSilence();
        } else if (awaited) {
            tryNext();
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
        WholeAnswer answer = waiting == null || inOnePiece ? null : new WholeAnswer(waiting);
        Attempt attempt;
        synchronized (this) {
            Set<String> tried = failed == null ? Set.of() : failed.tried();
            attempts += again ? 0 : 1;
            attempt = new Attempt(
                    attempts,
                    undelivered == null ? tried : undelivered.avoiding(tried),
                    stage.policy.attemptPatienceNanos(method),
                    answer);
        }
        CallOptions attemptOptions = options.withOption(Attempt.KEY, attempt);
        long timeout = only ? 0 : stage.attemptTimeoutNanos(method, safe, attempt.number(), deadline);
        Deadline own = null;
        if (timeout > 0 && method.getType() == MethodType.UNARY) {
            own = Deadline.after(timeout, TimeUnit.NANOSECONDS, stage.runtime.clock());
            attemptOptions = attemptOptions.withDeadline(own);
        }
        if (inOnePiece) {
            attemptOptions = attemptOptions.withExecutor(MoreExecutors.directExecutor());
        } else if (answer != null) {
            attemptOptions = attemptOptions.withExecutor(answer);
        }
        Metadata attemptHeaders = new Metadata();
        attemptHeaders.merge(headers);
        PreviousAttempts.write(attemptHeaders, attempt.number() - 1);
        CancellableContext timed = timesItself
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
        return only && !inOnePiece;
    }

    /** Whether the caller hears all of an answer together, at its end. */
    boolean hearsInOnePiece() {
        return inOnePiece;
    }

    boolean allowsRepeat(boolean timedOut, Undelivered undelivered, Attempt attempt, Status status, Metadata trailers) {
        return !only
                && !context.isCancelled()
                && RepeatRule.allows(safe, timedOut, undelivered, attempt, status, trailers);
    }

    /**
     * Makes an attempt again, at once, that surely reached nobody: whatever the method, and without counting it. Asked by the last
     * callback of the attempt, the owner.
     *
     * @return {@code false} if it counts as a failed attempt like any other
     */
    boolean repeatsUndelivered(Attempt attempt, Undelivered why) {
        if (context.isCancelled() || (deadline != null && deadline.isExpired())) {
            return false;
        }
        if (undelivered == null) {
            undelivered = new Undeliveries();
        }
        if (!undelivered.repeats(attempt, why)) {
            return false;
        }
        stage.listener.undelivered(stage.reference, method, attempt.instance());
        if (pauses(0)) {
            return true;
        }
        undelivered.over();
        return false;
    }

    /** Decides what follows an attempt; its last callback is the owner. */
    void ended(FailoverAttempt<ReqT, RespT> attempt, boolean mayRepeat, Status status, Metadata trailers) {
        FailedAttempts soFar = failed;
        if (soFar == null && mayRepeat) {
            soFar = new FailedAttempts(stage.retry.asyncContext());
            failed = soFar;
        }
        if (soFar != null) {
            soFar.add(attempt.attempt, status.getCode());
        }
        boolean enough = soFar != null
                && FailureClassification.of(status, trailers) == FailureClassification.SHED
                && soFar.shedAgain();
        if (soFar == null || !mayRepeat || enough || !waitsForNext(soFar, attempt.attempt.number(), status, trailers)) {
            close(attempt, status, trailers);
        }
    }

    /**
     * Starts the backoff.
     *
     * @return {@code false} if there shall be no further attempt, so that the call must be closed
     */
    private boolean waitsForNext(FailedAttempts soFar, int number, Status status, Metadata trailers) {
        long wait = stage.backoffNanos(soFar, method, number, status, trailers);
        if (wait < 0) {
            return false;
        }
        if (deadline != null && wait >= deadline.timeRemaining(TimeUnit.NANOSECONDS)) {
            soFar.outOfTime();
            return false;
        }
        return pauses(wait);
    }

    /**
     * Waits, then begins the next attempt.
     *
     * @return {@code false} if there shall be none, so that the call must be closed
     */
    private boolean pauses(long wait) {
        boolean stopped;
        // Before the state changes: whoever changes it back removes the listener.
        context.addListener(this, Runnable::run);
        synchronized (this) {
            stopped = cancellation != null || state == State.CLOSED;
            if (!stopped) {
                state = State.WAITING;
                backoffOver = false;
            }
        }
        if (stopped) {
            context.removeListener(this);
            return false;
        }
        if (context.isCancelled()) {
            cancelled(context);
        } else if (wait == 0) {
            tryNext();
        } else if (!schedule(this::backoffPassed, wait) && leavesWaiting(State.RUNNING)) {
            context.removeListener(this);
            return false;
        }
        return true;
    }

    private void backoffPassed() {
        stage.runtime.callBack(options, context, this::tryNext);
    }

    /** Ends the backoff. */
    private void tryNext() {
        boolean complete;
        ScheduledFuture<?> pending;
        synchronized (this) {
            if (state != State.WAITING) {
                return;
            }
            backoffOver = true;
            complete = request.isComplete();
            pending = timer;
            if (complete) {
                state = State.OPENING;
            }
        }
        if (complete) {
            if (pending != null) {
                pending.cancel(false);
            }
            context.removeListener(this);
            openNext();
        } else if (deadline != null) {
            // A caller that never completes its request must not make the call last longer than it may.
            schedule(this::deadlinePassed, deadline.timeRemaining(TimeUnit.NANOSECONDS));
        }
    }

    private void openNext() {
        boolean again = undelivered != null && undelivered.over();
        FailedAttempts soFar = failed;
        if (deadline != null && deadline.isExpired()) {
            if (soFar != null) {
                soFar.outOfTime();
            }
            close(null, PASSED, new Metadata());
            return;
        }
        if (!again && soFar != null) {
            stage.listener.failedOver(stage.reference, method, soFar.lastInstance(), soFar.lastCode());
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

    private void deadlinePassed() {
        if (leavesWaiting(State.CLOSED)) {
            closeOnExecutor(PASSED);
        }
    }

    /** The context of the caller was cancelled during a backoff; an attempt would notice that itself. */
    @Override
    public void cancelled(Context cancelled) {
        if (leavesWaiting(State.CLOSED)) {
            closeOnExecutor(Contexts.statusFromCancelled(context));
        }
    }

    private synchronized boolean leavesWaiting(State to) {
        if (state != State.WAITING) {
            return false;
        }
        state = to;
        return true;
    }

    private boolean schedule(Runnable task, long nanos) {
        ScheduledFuture<?> scheduled;
        try {
            scheduled = stage.runtime.scheduler().schedule(task, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return false;
        }
        synchronized (this) {
            if (state == State.WAITING) {
                timer = scheduled;
                return true;
            }
        }
        scheduled.cancel(false);
        return true;
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
    private void closeOnExecutor(Status status) {
        ScheduledFuture<?> pending;
        synchronized (this) {
            pending = timer;
            request.release();
        }
        if (failed != null) {
            failed.outOfTime();
        }
        if (pending != null) {
            pending.cancel(false);
        }
        context.removeListener(this);
        stage.runtime.callBack(options, context, () -> deliver(null, status, new Metadata()));
    }

    private void deliver(@Nullable FailoverAttempt<ReqT, RespT> last, Status status, Metadata trailers) {
        Status told = status;
        Metadata toldTrailers = trailers;
        FailureClassification end = FailureClassification.of(status, trailers);
        if (end == FailureClassification.ANSWERED) {
            if (!only) {
                stage.answered(failed == null ? null : failed.context);
            }
        } else if (end != FailureClassification.CANCELLED) {
            if (failed != null && failed.isWorthTelling()) {
                told = status.augmentDescription(failed.toString());
            }
            toldTrailers = FailoverStage.tell(context, failed != null && failed.isDecided(), trailers);
        }
        stage.listener.callEnded(
                stage.reference,
                method,
                end.outcome(),
                status.getCode(),
                attempts,
                stage.runtime.clock().nanoTime() - startedNanos);
        if (!inOnePiece || waiting == null) {
            tell(last, told, toldTrailers);
        } else {
            Status finalStatus = told;
            Metadata finalTrailers = toldTrailers;
            stage.runtime.callBack(options, context, () -> tell(last, finalStatus, finalTrailers));
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
