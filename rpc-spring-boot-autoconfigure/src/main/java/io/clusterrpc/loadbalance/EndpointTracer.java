/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.CallRecorder;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches one stream for the statistics of its endpoint. Never throws: gRPC would leave the call hanging.
 *
 * <p>gRPC creates streams that it never starts and therefore never closes: a retry picked before its backoff and then
 * abandoned, a buffered call that is cancelled while it is being picked for. So a stream counts as in flight
 * <ul>
 *   <li>from its creation if its call has an {@link Attempt}, because that one's end releases it whatever gRPC does;
 *   <li>else from when its headers left, because every stream that got so far is closed.
 * </ul>
 * It is counted at most once and released exactly once if counted, in whatever order and on whatever threads the events arrive.
 *
 * <p>The latency is the time from the last request message that was sent before the first response message until that
 * response message (or the end, if the answer has none). The pace of a client that streams is therefore not taken for the
 * slowness of the instance.
 *
 * <p>When a deadline expires gRPC's retry buffer cancels the stream, as it does when the caller loses interest. The tracer tells
 * the two apart by the deadline, else a frozen instance would never be seen to fail.
 */
final class EndpointTracer extends ClientStreamTracer implements Attempt.OpenStream {

    private static final int COUNTED = 1;
    private static final int RELEASED = 2;
    private static final int SENT = 4;
    private static final int RESPONDED = 8;
    private static final int CLOSED = 16;
    private static final int ASKED = 32;
    private static final int HEARD = 64;
    private static final int INBOUND = 128;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(EndpointTracer.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EndpointRecord endpoint;
    private final EndpointStatistics statistics;
    private final CallRecorder recorder;
    private final LongSupplier nanoTime;
    private final @Nullable Attempt attempt;
    private final @Nullable Deadline deadline;
    private final @Nullable Deadline contextDeadline;

    @SuppressWarnings("unused") // through STATE
    private volatile int state;

    private volatile long waitingSince;

    EndpointTracer(EndpointRecord endpoint, CallRecorder recorder, LongSupplier nanoTime, CallOptions options) {
        this.endpoint = endpoint;
        this.statistics = endpoint.statistics();
        this.recorder = recorder;
        this.nanoTime = nanoTime;
        this.attempt = options.getOption(Attempt.KEY);
        this.deadline = options.getDeadline();
        this.contextDeadline = Context.current().getDeadline();
        this.waitingSince = nanoTime.getAsLong();
    }

    /** Counts the stream from now on if the end of its attempt is sure to release it. */
    void created(ServiceInstance instance) {
        if (attempt != null) {
            count();
            attempt.streamCreated(instance, this);
        }
    }

    /** Counts the stream as in flight, unless it already was or is not any more. */
    private void count() {
        if ((add(COUNTED) & (COUNTED | RELEASED)) == 0) {
            statistics.opened(nanoTime.getAsLong());
            recorder.opened();
        }
    }

    /** Ends the wait for a first response, once. */
    private void hear() {
        if ((state & HEARD) == 0 && (add(HEARD) & (ASKED | HEARD)) == ASKED) {
            statistics.heard(nanoTime.getAsLong());
        }
    }

    @Override
    public void release() {
        hear();
        if ((add(RELEASED) & (COUNTED | RELEASED)) == COUNTED) {
            statistics.released();
        }
    }

    @Override
    public boolean sent() {
        return (state & SENT) != 0;
    }

    @Override
    public boolean heard() {
        return (state & INBOUND) != 0;
    }

    /** Something came from the server. */
    private void inbound() {
        if ((state & INBOUND) == 0) {
            add(INBOUND);
            if (attempt != null) {
                attempt.answerBegun();
            }
        }
        recorder.heard();
    }

    @Override
    public void outboundHeaders() {
        add(SENT);
        count();
    }

    @Override
    public void outboundMessage(int seqNo) {
        if ((state & RESPONDED) == 0) {
            long now = nanoTime.getAsLong();
            waitingSince = now;
            if (seqNo > 0) {
                hear(); // a client that streams: the instance need not answer yet
            } else if ((add(ASKED) & (ASKED | HEARD)) == 0) {
                statistics.asked(now);
            }
        }
    }

    @Override
    public void inboundHeaders() {
        inbound();
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
        inbound();
        endpoint.responded(trailers, nanoTime);
    }

    @Override
    public void inboundMessage(int seqNo) {
        inbound();
        hear();
        if (seqNo > 0 && attempt != null) {
            attempt.answerComplete();
        }
        if ((state & RESPONDED) == 0 && (add(RESPONDED) & RESPONDED) == 0) {
            long now = nanoTime.getAsLong();
            statistics.responded(now, now - waitingSince);
            recorder.responded(now - waitingSince);
        }
    }

    @Override
    public void streamClosed(Status status) {
        release();
        int before = add(CLOSED);
        if ((before & CLOSED) == 0) {
            long now = nanoTime.getAsLong();
            long silence = (before & RESPONDED) == 0 ? now - waitingSince : 0;
            Code code = code(status);
            boolean sent = (before & SENT) != 0;
            statistics.ended(code, sent, now, silence);
            recorder.ended(code, sent, silence, attempt == null ? 0 : attempt.patienceNanos());
        }
        if (attempt != null) {
            attempt.answerComplete();
        }
    }

    private Code code(Status status) {
        return status.getCode() == Code.CANCELLED && (expired(deadline) || expired(contextDeadline) || givenUp())
                ? Code.DEADLINE_EXCEEDED
                : status.getCode();
    }

    private static boolean expired(@Nullable Deadline deadline) {
        return deadline != null && deadline.isExpired();
    }

    private boolean givenUp() {
        return attempt != null && attempt.givenUp();
    }

    private int add(int bit) {
        return (int) STATE.getAndBitwiseOr(this, bit);
    }
}
