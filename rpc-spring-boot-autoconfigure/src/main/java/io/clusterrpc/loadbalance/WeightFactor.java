/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

/** What the weight of an instance is made of. The weight that an algorithm sees is the product of the factors it asks for. */
public enum WeightFactor {
    /** The weight that the instance registered with, 100 is usual. */
    STATIC,
    /** 0.1 rising to 1 while the instance is young. */
    WARM_UP,
    /** What the instance reports of its load (throughput by utilisation), in units of the mean; 1 as long as nothing is reported. */
    DYNAMIC
}
