/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Has the deadline of an attempt watched by a timer of ours. gRPC would have it done by one of its event loops, which is woken up for
 * each call, and has its own timer set again, only to hear that nothing happened. But it leaves that to whoever made the context of a
 * call if the deadline is that of the context; so the attempt gets a context with its deadline.
 *
 * <p>What the attempt hears, it hears in the context of its caller.
 */
final class TimedAttempt<RespT> extends ClientCall.Listener<RespT> {

    private final ClientCall.Listener<RespT> attempt;
    private final Context caller;
    private final CancellableContext timed;

    /**
     * Stands between gRPC and the attempt.
     *
     * @param attempt hears everything
     * @param caller in which context
     * @param timed the context of the attempt; ended with it
     */
    TimedAttempt(ClientCall.Listener<RespT> attempt, Context caller, CancellableContext timed) {
        this.attempt = attempt;
        this.caller = caller;
        this.timed = timed;
    }

    /**
     * The context for an attempt, which must be cancelled when it ends.
     *
     * @param deadline of the attempt
     * @return {@code null} if the deadline is none of its own, or nobody can watch it but gRPC
     */
    static @Nullable CancellableContext context(
            Context caller, @Nullable Deadline deadline, ScheduledExecutorService timer) {
        Deadline outer = caller.getDeadline();
        if (deadline == null || deadline.isExpired() || (outer != null && !deadline.isBefore(outer))) {
            return null;
        }
        try {
            return caller.withDeadline(deadline, timer);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    @Override
    public void onHeaders(Metadata headers) {
        Context previous = caller.attach();
        try {
            attempt.onHeaders(headers);
        } finally {
            caller.detach(previous);
        }
    }

    @Override
    public void onMessage(RespT message) {
        Context previous = caller.attach();
        try {
            attempt.onMessage(message);
        } finally {
            caller.detach(previous);
        }
    }

    @Override
    public void onReady() {
        Context previous = caller.attach();
        try {
            attempt.onReady();
        } finally {
            caller.detach(previous);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        timed.cancel(null);
        Context previous = caller.attach();
        try {
            attempt.onClose(status, trailers);
        } finally {
            caller.detach(previous);
        }
    }
}
