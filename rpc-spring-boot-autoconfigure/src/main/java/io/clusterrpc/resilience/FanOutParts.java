/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What it takes to send a call to several instances. Immutable.
 *
 * @param members the instances
 * @param mergers who makes one answer of all
 * @param random chooses instances
 */
public record FanOutParts(Members members, Mergers mergers, Supplier<RandomGenerator> random) {

    /** No instance is known, so no such call gets anywhere. */
    public static final FanOutParts NONE = new FanOutParts(method -> List.of(), method -> {
        throw new IllegalStateException("no RpcMerger");
    });

    /**
     * With each thread's own randomness.
     *
     * @param members see above
     * @param mergers see above
     */
    public FanOutParts(Members members, Mergers mergers) {
        this(members, mergers, ThreadLocalRandom::current);
    }
}
