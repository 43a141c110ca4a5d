/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call whose requests are a stream: one attempt, made again only if it surely reached nobody.
 *
 * <ul>
 *   <li>What the caller says is kept ({@link SaidSoFar}) until the server sends anything or the caller says too much to keep; from
 *       then on the caller speaks to the attempt directly, and there is no other.
 *   <li>There is never more than one attempt under way. Its last callback makes the next one and says to it what was said so far;
 *       what the caller says meanwhile is kept, and said by the same thread, in order.
 *   <li>State is guarded by this object's lock; nothing foreign is called while it is held.
 * </ul>
 */
final class StreamingCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

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

    // Belongs to the last callback of an attempt
    private final Undeliveries undelivered = new Undeliveries();

    /** The attempt that the caller speaks to directly. */
    private volatile @Nullable ClientCall<ReqT, RespT> direct;

    // Guarded by this
    private @Nullable SaidSoFar<ReqT> said = new SaidSoFar<>();
    private @Nullable ClientCall<ReqT, RespT> current;
    private boolean started;
    private boolean opening;
    private boolean heard;
    private @Nullable Status cancelled;

    StreamingCall(FailoverStage stage, MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        this.stage = stage;
        this.method = method;
        this.options = options;
        this.next = next;
        this.deadline = DeadlineStage.holding(options, context);
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
            early = cancelled;
            opening = early == null;
            said = early == null ? said : null;
        }
        caller = listener;
        this.headers = headers;
        startedNanos = stage.runtime.clock().nanoTime();
        if (early != null) {
            stage.runtime.callBack(options, context, () -> tell(early, new Metadata()));
            return;
        }
        stage.budget.called(startedNanos);
        begin();
    }

    @Override
    public void request(int messages) {
        ClientCall<ReqT, RespT> attempt = direct;
        if (attempt == null) {
            synchronized (this) {
                if (said != null) {
                    said.request(messages);
                }
                attempt = opening ? null : current;
            }
        }
        if (attempt != null) {
            attempt.request(messages);
        }
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        say(attempt -> attempt.setMessageCompression(enabled), 0);
    }

    @Override
    public void sendMessage(ReqT message) {
        ClientCall<ReqT, RespT> attempt = direct;
        if (attempt != null) {
            attempt.sendMessage(message);
        } else {
            say(each -> each.sendMessage(message), SaidSoFar.size(method, message));
        }
    }

    @Override
    public void halfClose() {
        say(ClientCall::halfClose, 0);
    }

    private void say(SaidSoFar.Word<ReqT> word, int size) {
        ClientCall<ReqT, RespT> attempt;
        synchronized (this) {
            if (!started) {
                throw new IllegalStateException("call not started");
            }
            if (said != null) {
                said.say(word, size);
            }
            attempt = opening ? null : current;
            if (attempt != null) {
                commitIfDecided(attempt);
            }
        }
        if (attempt != null) {
            word.sayTo(attempt);
        }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        ClientCall<ReqT, RespT> attempt;
        synchronized (this) {
            if (cancelled == null) {
                cancelled = Status.CANCELLED
                        .withDescription(message == null ? "Call cancelled without message" : message)
                        .withCause(cause);
            }
            attempt = opening ? null : current; // one that is being opened is cancelled by whoever opens it
        }
        if (attempt != null) {
            attempt.cancel(message, cause);
        }
    }

    @Override
    public boolean isReady() {
        ClientCall<ReqT, RespT> attempt = current();
        return attempt != null && attempt.isReady();
    }

    @Override
    public Attributes getAttributes() {
        ClientCall<ReqT, RespT> attempt = current();
        return attempt == null ? Attributes.EMPTY : attempt.getAttributes();
    }

    private synchronized @Nullable ClientCall<ReqT, RespT> current() {
        return current;
    }

    // The attempts

    /** Makes an attempt and says to it what was said so far. Called by the thread that set {@code opening}. */
    private void begin() {
        Attempt attempt = new Attempt(1, undelivered.avoiding(Set.of()), stage.policy.attemptPatienceNanos(method));
        Metadata attemptHeaders = new Metadata();
        attemptHeaders.merge(headers);
        Context previous = context.attach();
        Answers answers = new Answers(attempt);
        ClientCall<ReqT, RespT> call;
        try {
            call = next.newCall(method, options.withOption(Attempt.KEY, attempt));
            synchronized (this) {
                current = call;
            }
            call.start(answers, attemptHeaders);
        } catch (RuntimeException | Error e) {
            answers.ended = true;
            attempt.close();
            throw e;
        } finally {
            context.detach(previous);
        }
        try {
            sayAll(call);
        } catch (RuntimeException | Error e) {
            call.cancel("The request could not be sent", e);
        }
    }

    /** Ends with the caller speaking to the attempt itself, unless it ended meanwhile: then somebody else opens the next one. */
    private void sayAll(ClientCall<ReqT, RespT> call) {
        int spoken = 0;
        int asked = 0;
        while (true) {
            SaidSoFar.Word<ReqT> word;
            int more;
            Status end = null;
            synchronized (this) {
                SaidSoFar<ReqT> all = said;
                if (current != call || all == null) {
                    return;
                }
                word = all.after(spoken);
                more = all.requested() - asked;
                if (cancelled != null || (word == null && more == 0)) {
                    opening = false;
                    end = cancelled;
                    commitIfDecided(call);
                }
            }
            if (end != null) {
                call.cancel(end.getDescription(), end.getCause());
                return;
            }
            if (word == null && more == 0) {
                return;
            }
            if (more > 0) {
                call.request(more);
                asked += more;
            }
            if (word != null) {
                word.sayTo(call);
                spoken++;
            }
        }
    }

    /** Nothing is kept any more once there can be no other attempt. Guarded by this, while nobody opens an attempt. */
    private void commitIfDecided(ClientCall<ReqT, RespT> call) {
        if (heard || (said != null && said.isTooMuch())) {
            said = null;
            direct = call;
        }
    }

    /** The server said something. */
    private void heard() {
        if (direct == null) {
            synchronized (this) {
                heard = true;
                ClientCall<ReqT, RespT> attempt = current;
                if (!opening && attempt != null) {
                    commitIfDecided(attempt);
                }
            }
        }
    }

    /** Whether the attempt shall be made again, so that this thread has to do it. */
    private boolean repeats(Attempt attempt, Status status) {
        Undelivered why = Undelivered.of(attempt, status);
        if (why == Undelivered.NO || context.isCancelled() || (deadline != null && deadline.isExpired())) {
            return false;
        }
        if (!undelivered.repeats(attempt, why)) {
            return false;
        }
        synchronized (this) {
            if (said == null || heard || cancelled != null) {
                return false;
            }
            opening = true;
            current = null;
        }
        stage.listener.undelivered(stage.reference, method, attempt.instance());
        return true;
    }

    private final class Answers extends Listener<RespT> {

        private final Attempt attempt;
        private volatile boolean ended;

        Answers(Attempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public void onHeaders(Metadata headers) {
            if (!ended) {
                heard();
                caller.onHeaders(headers);
            }
        }

        @Override
        public void onMessage(RespT message) {
            if (!ended) {
                heard();
                caller.onMessage(message);
            }
        }

        @Override
        public void onReady() {
            if (!ended) {
                caller.onReady();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (ended) {
                return;
            }
            ended = true;
            attempt.close();
            if (status.isOk() || !repeats(attempt, status)) {
                close(attempt, status, trailers);
                return;
            }
            try {
                begin();
            } catch (RuntimeException | Error e) {
                synchronized (StreamingCall.this) {
                    opening = false;
                    current = null;
                }
                close(attempt, Status.fromThrowable(e), new Metadata());
            }
        }
    }

    private void close(Attempt attempt, Status status, Metadata trailers) {
        synchronized (this) {
            if (!opening) {
                said = null;
            }
        }
        stage.listener.attemptEnded(stage.reference, method, attempt.instance(), 1, status.getCode(), tookNanos());
        tell(status, trailers);
    }

    private void tell(Status status, Metadata trailers) {
        stage.listener.callEnded(
                stage.reference,
                method,
                FailureClassification.of(status, trailers).outcome(),
                status.getCode(),
                1,
                tookNanos());
        caller.onClose(status, status.isOk() ? trailers : FailoverStage.tell(context, false, trailers));
    }

    private long tookNanos() {
        return stage.runtime.clock().nanoTime() - startedNanos;
    }
}
