/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

/** What is done about a call that fails, or takes long. */
public enum CallMode {
    /** It is repeated on another instance, as far as that is safe. */
    FAILOVER,
    /** Nothing: one attempt, whose failure reaches the caller. What surely reached nobody is still sent anew. */
    FAILFAST,
    /** It is repeated like with {@link #FAILOVER}; if that fails too, the caller gets the answer of a fallback, or an empty one. Unary methods only. */
    FAILSAFE,
    /** A second attempt on another instance while the first one takes long; the first answer wins. Safe unary methods only. */
    HEDGED,
    /** It goes to all instances; a merger makes one answer of theirs. Unary methods only. */
    BROADCAST,
    /** It goes to several instances, and is answered when enough of them agree. Unary methods only. */
    QUORUM;

    /** Whether it goes to several instances whatever happens. */
    boolean fansOut() {
        return this == BROADCAST || this == QUORUM;
    }
}
