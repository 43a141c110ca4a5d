/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.hash;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.BalancerContext;
import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.HashPolicy;
import io.clusterrpc.loadbalance.HashScheme;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.loadbalance.SimulatedEndpoint;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One case of the experiment. Immutable.
 *
 * @param scheme how keys are divided
 * @param instances how many there are
 * @param equal whether all have weight 100, or anything from 50 to 149
 */
record Cluster(HashScheme scheme, int instances, boolean equal) {

    static final List<Integer> SIZES = List.of(3, 5, 10, 100, 1_000);

    static final double LOAD_FACTOR = 1.25;

    /** All cases. */
    static List<Cluster> all() {
        return SIZES.stream()
                .flatMap(size -> List.of(HashScheme.values()).stream()
                        .flatMap(
                                scheme -> List.of(true, false).stream().map(equal -> new Cluster(scheme, size, equal))))
                .toList();
    }

    String schemeName() {
        return scheme.name().toLowerCase(Locale.ROOT);
    }

    String weights() {
        return equal ? "equal" : "unequal";
    }

    /** A new instance of the algorithm, as a reference has one. */
    LoadBalancingAlgorithm algorithm(boolean boundedLoad) {
        HashPolicy policy = new HashPolicy(null, scheme, HashPolicy.DEFAULTS.virtualNodes(), boundedLoad, LOAD_FACTOR);
        LoadBalancingAlgorithm algorithm = new Algorithms(List.of()).named("consistent-hash");
        return algorithm.forReference(BalancerContext.of(
                "simulated", algorithm, BalancingPolicy.DEFAULTS.withHash(policy), new EndpointRegistry("simulated")));
    }

    List<SimulatedEndpoint> endpoints() {
        return IntStream.range(0, instances).mapToObj(this::endpoint).toList();
    }

    /** The n-th instance, also beyond those of the beginning. */
    SimulatedEndpoint endpoint(int i) {
        return new SimulatedEndpoint(
                ServiceInstance.builder("simulated", "s" + i, "10.1." + i / 250 + "." + i % 250, 9090)
                        .build(),
                equal ? 100 : 50 + i * 37 % 100);
    }
}
