/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.PreviousAttempts;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.TargetInstance;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a {@link ParallelCall}. What it heard is kept until it ends, and belongs to its callbacks, which come one at a time.
 */
final class ParallelAttempt<ReqT, RespT> extends ClientCall.Listener<RespT> {

    private static final String CUT_SHORT = "Another attempt was answered, or the call was cancelled";

    final Attempt attempt;

    /** Where it is sent, {@code null} for wherever the balancer thinks best. */
    final @Nullable ServiceInstance target;

    /** Whether it takes the place of one that reached nobody, and therefore counts no more than that one. */
    final boolean again;

    /** Guarded by the call. */
    final Undeliveries undeliveries;

    private final ParallelCall<ReqT, RespT> owner;
    private volatile long begunNanos;
    private @Nullable Metadata headers;
    private @Nullable RespT message;

    // Guarded by the call
    private @Nullable ClientCall<ReqT, RespT> call;

    private ParallelAttempt(
            ParallelCall<ReqT, RespT> owner,
            Attempt attempt,
            @Nullable ServiceInstance target,
            boolean again,
            Undeliveries undeliveries) {
        this.owner = owner;
        this.attempt = attempt;
        this.target = target;
        this.again = again;
        this.undeliveries = undeliveries;
    }

    /** An attempt that the balancer sends somewhere. */
    static <ReqT, RespT> ParallelAttempt<ReqT, RespT> anywhere(
            ParallelCall<ReqT, RespT> owner, Attempt attempt, Undeliveries undeliveries) {
        return new ParallelAttempt<>(owner, attempt, null, false, undeliveries);
    }

    /** An attempt at one instance. */
    static <ReqT, RespT> ParallelAttempt<ReqT, RespT> at(
            ServiceInstance target, ParallelCall<ReqT, RespT> owner, Attempt attempt) {
        return new ParallelAttempt<>(owner, attempt, target, false, new Undeliveries());
    }

    /** The same attempt once more. */
    ParallelAttempt<ReqT, RespT> again(Attempt anew, @Nullable ServiceInstance target) {
        return new ParallelAttempt<>(owner, anew, target, true, undeliveries);
    }

    /** Starts it and says the request. Called once; its end may come before this returns. */
    void begin(Channel next, CallOptions options, Metadata callHeaders, HeldRequest<ReqT> request) {
        begunNanos = owner.stage.runtime.clock().nanoTime();
        CallOptions own = options.withOption(Attempt.KEY, attempt).withExecutor(owner.stage.runtime.executor());
        if (target != null) {
            own = own.withOption(TargetInstance.KEY, target.id());
        }
        Metadata ownHeaders = new Metadata();
        ownHeaders.merge(callHeaders);
        PreviousAttempts.write(ownHeaders, attempt.number() - 1);
        Context previous = owner.context.attach();
        ClientCall<ReqT, RespT> begun;
        try {
            begun = next.newCall(owner.method, own);
            begun.start(this, ownHeaders);
        } catch (RuntimeException | Error e) {
            owner.ended(this, Status.fromThrowable(e), new Metadata());
            return;
        } finally {
            owner.context.detach(previous);
        }
        try {
            request.replay(begun, 2);
        } catch (RuntimeException | Error e) {
            begun.cancel("The request could not be sent", e);
        }
        boolean late;
        synchronized (owner) {
            call = begun;
            late = owner.isClosed() && owner.underWay.has(this);
        }
        if (late) {
            begun.cancel(CUT_SHORT, null);
        }
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
        owner.ended(this, status, trailers);
    }

    /** The instance that it was sent to, or should have been. */
    @Nullable
    ServiceInstance instance() {
        return target != null ? target : attempt.instance();
    }

    @Nullable
    Metadata headers() {
        return headers;
    }

    @Nullable
    RespT message() {
        return message;
    }

    long tookNanos() {
        return owner.stage.runtime.clock().nanoTime() - begunNanos;
    }

    /** What cancels it: nothing if it has not begun yet. Guarded by the call. */
    @Nullable
    Runnable cutShort() {
        ClientCall<ReqT, RespT> begun = call;
        return begun == null ? null : () -> begun.cancel(CUT_SHORT, null);
    }
}
