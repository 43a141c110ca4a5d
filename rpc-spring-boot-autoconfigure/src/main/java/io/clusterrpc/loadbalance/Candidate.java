/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;

/**
 * A connected instance that an algorithm may choose. The instance and its weight stay as they are for the life of the
 * candidate; the figures are live, so two reads may differ. Thread-safe, reading never blocks.
 */
public interface Candidate {

    /**
     * The instance.
     *
     * @return what it registered
     */
    ServiceInstance instance();

    /**
     * The product of the factors that the algorithm asked for.
     *
     * @return greater than 0; only the ratio to other candidates has a meaning
     */
    double weight();

    /**
     * The calls of this reference that are under way at the instance.
     *
     * @return 0 or more
     */
    int inFlight();

    /**
     * The moving average of the time to the first response message.
     *
     * @return nanoseconds, 0 if nothing was measured yet
     */
    long latencyNanos();

    /**
     * How long nothing was heard of the instance although it owes responses: the oldest request that waits for its first
     * response is at least that old. A call that goes on after its first response, or that still sends, is not waited for.
     *
     * @param nanoTime the time now, as {@link System#nanoTime()} tells it
     * @return nanoseconds, 0 if nothing is awaited
     */
    default long waitingNanos(long nanoTime) {
        return 0;
    }

    /**
     * How long no call left for the instance and no wait for a response ended.
     *
     * @param nanoTime the time now, as {@link System#nanoTime()} tells it
     * @return nanoseconds; without a meaning before the first call
     */
    default long quietNanos(long nanoTime) {
        return 0;
    }

    /**
     * How long ago the first call left for the instance.
     *
     * @param nanoTime the time now, as {@link System#nanoTime()} tells it
     * @return nanoseconds, {@link Long#MAX_VALUE} if that is not known; 0 before the first call
     */
    default long acquaintedNanos(long nanoTime) {
        return Long.MAX_VALUE;
    }

    /**
     * Whether the instance started, or came back from an ejection, so short a time ago that it does not have its full weight yet.
     *
     * @return false also if the algorithm does not take {@link WeightFactor#WARM_UP}
     */
    default boolean warming() {
        return false;
    }

    /**
     * The share of calls that failed for a reason of the instance; older ones count less (1/e after five seconds), and it
     * fades while there are no calls.
     *
     * @param nanoTime the time now, as {@link System#nanoTime()} tells it
     * @return 0 to 1
     */
    default double failureRate(long nanoTime) {
        return 0;
    }

    /**
     * The calls that the instance answered, whatever the application's answer was.
     *
     * @return a count since this process knows the instance
     */
    long successes();

    /**
     * The calls that failed for a reason of the instance.
     *
     * @return a count since this process knows the instance
     */
    long failures();
}
