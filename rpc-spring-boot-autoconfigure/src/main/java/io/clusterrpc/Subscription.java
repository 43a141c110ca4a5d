/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

/** What ends a watch, a registration or a listener. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

    /** Ends it: nothing is delivered after this returned, except what is already being delivered. Idempotent. */
    @Override
    void close();
}
