/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallPriority;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives a call a deadline if nobody did: neither its caller or an interceptor further outside (in the call options), nor the call
 * that is being served here (in the context). Passes on the priority of the latter, too. Thread-safe.
 */
final class DeadlineStage implements ClientInterceptor {

    private final CallPolicy policy;
    private final Deadline.Ticker clock;

    DeadlineStage(CallPolicy policy, Deadline.Ticker clock) {
        this.policy = policy;
        this.clock = clock;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        Context context = Context.current();
        CallOptions own = withPriority(options, context);
        if (options.getDeadline() == null && context.getDeadline() == null) {
            long nanos = policy.deadlineNanos(method);
            if (nanos > 0) {
                return next.newCall(method, own.withDeadline(Deadline.after(nanos, TimeUnit.NANOSECONDS, clock)));
            }
        }
        return next.newCall(method, own);
    }

    private static CallOptions withPriority(CallOptions options, Context context) {
        CallPriority served = CallPriority.CONTEXT.get(context);
        return served == null || options.getOption(CallPriority.KEY) != null
                ? options
                : options.withOption(CallPriority.KEY, served);
    }

    /** The deadline that holds for a call: the earlier one of its options and its context, as gRPC sees it. */
    static @Nullable Deadline holding(CallOptions options, Context context) {
        Deadline own = options.getDeadline();
        Deadline outer = context.getDeadline();
        if (own == null || outer == null) {
            return own == null ? outer : own;
        }
        return own.minimum(outer);
    }
}
