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
