/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.Attributes;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a reference tells its balancer. The name resolver passes it along in the attributes of a resolution; the first one that a
 * balancer sees holds for its life.
 *
 * @param reference name of the reference, for errors and logs
 * @param algorithm chooses among the instances that may get a call
 * @param policy how to balance, apart from the algorithm
 * @param endpoints keeps what is known of each instance beyond the life of the balancer
 * @param nanoTime a monotonic clock
 * @param clock the wall clock, compared with start times of instances
 * @param random randomness for one pick, asked for on the thread that picks
 */
public record BalancerContext(
        String reference,
        LoadBalancingAlgorithm algorithm,
        BalancingPolicy policy,
        EndpointRegistry endpoints,
        LongSupplier nanoTime,
        InstantSource clock,
        Supplier<RandomGenerator> random) {

    /** Where the attributes of a resolution carry the context. */
    public static final Attributes.Key<BalancerContext> KEY = Attributes.Key.create("io.clusterrpc.balancer-context");

    /**
     * A context on the clocks and the randomness of the JVM.
     *
     * @param reference name of the reference
     * @param algorithm chooses among the instances
     * @param policy how to balance
     * @param endpoints the reference's registry of endpoints
     * @return a context
     */
    public static BalancerContext of(
            String reference, LoadBalancingAlgorithm algorithm, BalancingPolicy policy, EndpointRegistry endpoints) {
        return new BalancerContext(
                reference,
                algorithm,
                policy,
                endpoints,
                System::nanoTime,
                InstantSource.system(),
                ThreadLocalRandom::current);
    }
}
