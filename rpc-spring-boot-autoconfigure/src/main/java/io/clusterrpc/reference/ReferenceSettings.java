/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.HashKeySource;
import io.clusterrpc.loadbalance.hash.ConsistentHash;
import io.clusterrpc.resilience.CallPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one reference, all of them decided. Immutable.
 *
 * @param name name of the reference
 * @param service the application that it refers to
 * @param algorithm name of the balancing algorithm
 * @param balancing how to balance, apart from the algorithm
 * @param eager whether start-up waits until an instance is connected
 * @param eagerTimeout how long start-up waits at most
 * @param idleTimeout after how long without calls the channel disconnects, {@code null} if Boot's property says so
 * @param transparentRetry who sends a request anew that surely reached no handler
 * @param calls deadlines, attempts and what may be sent twice
 */
public record ReferenceSettings(
        String name,
        String service,
        String algorithm,
        BalancingPolicy balancing,
        boolean eager,
        Duration eagerTimeout,
        @Nullable Duration idleTimeout,
        TransparentRetry transparentRetry,
        CallPolicy calls) {

    /** The field of the request message that is the hash key of a call; {@code null} if none is. */
    @Nullable
    String requestKey() {
        HashKeySource key = balancing.hash().key();
        return key != null && key.from() == HashKeySource.From.REQUEST && algorithm.equals(ConsistentHash.NAME)
                ? key.name()
                : null;
    }
}
