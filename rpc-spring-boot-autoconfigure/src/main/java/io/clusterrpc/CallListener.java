/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens to the calls of references, for meters and logs. Called on the threads that run the calls: implementations
 * are thread-safe, never block, and allocate little. What they throw is logged and never fails a call.
 */
public interface CallListener {

    /** A listener that does nothing. */
    CallListener NONE = new CallListener() {};

    /** How a call ended for its caller. */
    enum Outcome {
        /** Answered, whether with OK or with an error of the application. */
        ANSWERED,
        /** Failed for a reason of the cluster: no instance, unreachable, frozen, overloaded. */
        FAILED,
        /** Not sent, because a circuit breaker of the reference was open, or a bulkhead or rate limiter of it was exhausted. */
        REJECTED,
        /** Given up by the caller. */
        CANCELLED
    }

    /**
     * An attempt ended.
     *
     * @param reference name of the reference
     * @param method the method called
     * @param instance where it went, {@code null} if no stream was created
     * @param attempt 1 for the first
     * @param code how the attempt ended
     * @param nanos how long it took
     */
    default void attemptEnded(
            String reference,
            MethodDescriptor<?, ?> method,
            @Nullable ServiceInstance instance,
            int attempt,
            Status.Code code,
            long nanos) {}

    /**
     * A failed attempt is about to be followed by another one.
     *
     * @param reference name of the reference
     * @param method the method called
     * @param from where the failed attempt went, {@code null} if no stream was created
     * @param code how it failed
     */
    default void failedOver(
            String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance from, Status.Code code) {}

    /**
     * An attempt that surely reached nobody is about to be made again. Nothing else is told of it: it counts neither as an attempt
     * nor for the retry budget.
     *
     * @param reference name of the reference
     * @param method the method called
     * @param instance where it should have gone
     */
    default void undelivered(String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance instance) {}

    /**
     * A failed attempt would have been followed by another one, but the retry budget of the reference is spent.
     *
     * @param reference name of the reference
     * @param method the method called
     * @param code how the attempt failed
     */
    default void retryRefused(String reference, MethodDescriptor<?, ?> method, Status.Code code) {}

    /**
     * A second attempt is about to begin because the first one takes long.
     *
     * @param reference name of the reference
     * @param method the method called
     */
    default void hedged(String reference, MethodDescriptor<?, ?> method) {}

    /**
     * A call failed, and its caller gets the answer of a fallback, or an empty one, instead.
     *
     * @param reference name of the reference
     * @param method the method called
     * @param code how it failed
     */
    default void fellBack(String reference, MethodDescriptor<?, ?> method, Status.Code code) {}

    /**
     * Instances that were asked the same gave different answers.
     *
     * @param reference name of the reference
     * @param method the method called
     */
    default void disagreed(String reference, MethodDescriptor<?, ?> method) {}

    /**
     * A call ended for its caller.
     *
     * @param reference name of the reference
     * @param method the method called
     * @param outcome the cluster's view of the end
     * @param code gRPC's view of the end
     * @param attempts how many attempts were made, 0 if the call was rejected
     * @param nanos how long the whole call took, backoffs included
     */
    default void callEnded(
            String reference,
            MethodDescriptor<?, ?> method,
            Outcome outcome,
            Status.Code code,
            int attempts,
            long nanos) {}
}
