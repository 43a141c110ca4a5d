/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import io.grpc.Channel;

/** An instance as the {@link Ejector} sees it. Every method is called in the synchronization context of the channel. */
public interface Ejectable {

    /**
     * What the ejector remembers of the instance; the same object as long as the instance is remembered.
     *
     * @return its state
     */
    Ejection ejection();

    /**
     * Whether calls can reach it at all.
     *
     * @return whether its connection stands
     */
    boolean isReady();

    /**
     * Whether it would get calls if nobody ejected anything.
     *
     * @return whether it is connected and neither drained nor unlisted
     */
    boolean isCandidate();

    /**
     * The calls under way.
     *
     * @return 0 or more
     */
    int inFlight();

    /**
     * For health calls: a channel over the very connection.
     *
     * @return a channel
     * @throws UnsupportedOperationException if there is no such thing
     */
    Channel channel();
}
