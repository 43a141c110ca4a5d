/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one method wants otherwise than its reference. Immutable.
 *
 * @param deadline how long a call may take when nobody said so, 0 for no limit; also for streaming methods; {@code null}: as the reference
 * @param attemptTimeout how long an attempt may take that can be followed by another, 0 for no limit; {@code null}: as the reference
 * @param safe whether the method may be handled twice; {@code null}: as its proto says with {@code idempotency_level}
 * @param mode what is done about a call that fails or takes long
 * @param hedgeDelay after how long a hedged call gets its second attempt
 * @param fallback name of the {@link io.clusterrpc.RpcFallback} bean that answers failed calls
 * @param merger name of the {@link io.clusterrpc.RpcMerger} bean that makes one answer of those of all instances
 * @param quorum how many instances are asked with mode quorum, and how many have to agree
 */
public record MethodPolicy(
        @Nullable Duration deadline,
        @Nullable Duration attemptTimeout,
        @Nullable Boolean safe,
        @Nullable CallMode mode,
        @Nullable Duration hedgeDelay,
        @Nullable String fallback,
        @Nullable String merger,
        @Nullable QuorumPolicy quorum) {

    /** Validates the durations. */
    public MethodPolicy {
        if (deadline != null) {
            CallPolicy.requireLimit("deadline", deadline);
        }
        CallPolicy.requireHedgeDelay(hedgeDelay);
        if (attemptTimeout != null) {
            CallPolicy.requireLimit("attempt timeout", attemptTimeout);
        }
    }

    /**
     * With a mode of its own.
     *
     * @param mode see above
     * @return a new policy
     */
    public MethodPolicy withMode(@Nullable CallMode mode) {
        return new MethodPolicy(deadline, attemptTimeout, safe, mode, hedgeDelay, fallback, merger, quorum);
    }

    /**
     * With a fallback of its own.
     *
     * @param fallback see above
     * @return a new policy
     */
    public MethodPolicy withFallback(@Nullable String fallback) {
        return new MethodPolicy(deadline, attemptTimeout, safe, mode, hedgeDelay, fallback, merger, quorum);
    }

    /**
     * With a quorum of its own.
     *
     * @param quorum see above
     * @return a new policy
     */
    public MethodPolicy withQuorum(@Nullable QuorumPolicy quorum) {
        return new MethodPolicy(deadline, attemptTimeout, safe, mode, hedgeDelay, fallback, merger, quorum);
    }

    /**
     * With the mode of the reference.
     *
     * @param deadline see above
     * @param attemptTimeout see above
     * @param safe see above
     */
    public MethodPolicy(@Nullable Duration deadline, @Nullable Duration attemptTimeout, @Nullable Boolean safe) {
        this(deadline, attemptTimeout, safe, null, null, null, null, null);
    }
}
