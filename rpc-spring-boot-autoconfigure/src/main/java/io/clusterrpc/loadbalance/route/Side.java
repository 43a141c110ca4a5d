/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

/** What an instance is by its tags, in the order in which a failed call tries the next. */
public enum Side {
    /** Has the tags that calls shall go to, and is no canary. */
    WANTED,
    /** A canary. */
    CANARY,
    /** Lacks the tags: used only where no other is left. */
    FALLBACK
}
