/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.BalancerContext;
import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.ClusterLoadBalancerProvider;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.clusterrpc.loadbalance.ejection.EjectionPolicy;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What balances: one of the library's algorithms with or without ejection, and else everything as it comes, or grpc-java's own round
 * robin. Without retries, so that each call is one attempt at one backend.
 *
 * @param name for samples
 * @param algorithm the library's, {@code null} for grpc-java's
 * @param ejection whether instances are ejected
 */
public record Contender(String name, @Nullable String algorithm, boolean ejection) {

    /** The library's default. */
    public static final Contender DEFAULT = ejecting(Algorithms.DEFAULT);

    /** The library's default but without ejection. */
    public static final Contender DEFAULT_ALONE = alone(Algorithms.DEFAULT);

    /** grpc-java's own. */
    public static final Contender GRPC_ROUND_ROBIN = new Contender("grpc-java-round_robin", null, false);

    /**
     * An algorithm with ejection as it is by default.
     *
     * @param algorithm its name
     * @return a contender
     */
    public static Contender ejecting(String algorithm) {
        return new Contender(algorithm + "+ejection", algorithm, true);
    }

    /**
     * An algorithm without ejection.
     *
     * @param algorithm its name
     * @return a contender
     */
    public static Contender alone(String algorithm) {
        return new Contender(algorithm, algorithm, false);
    }

    /**
     * A channel that knows nothing yet of the backends.
     *
     * @param ports their ports
     * @return to be shut down by the caller
     */
    public ManagedChannel channel(List<Integer> ports) {
        List<EquivalentAddressGroup> addresses = new ArrayList<>();
        for (int port : ports) {
            ServiceInstance instance =
                    ServiceInstance.builder("backends", "127.0.0.1", port).build();
            addresses.add(new EquivalentAddressGroup(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    Attributes.newBuilder()
                            .set(ServiceInstance.ATTRIBUTE, instance)
                            .build()));
        }
        Attributes attributes = Attributes.EMPTY;
        if (algorithm != null) {
            BalancingPolicy policy =
                    ejection ? BalancingPolicy.DEFAULTS : BalancingPolicy.DEFAULTS.withEjection(EjectionPolicy.OFF);
            attributes = Attributes.newBuilder()
                    .set(
                            BalancerContext.KEY,
                            BalancerContext.of(
                                    name,
                                    new Algorithms(List.of()).named(algorithm),
                                    policy,
                                    new EndpointRegistry(name)))
                    .set(ClusterLoadBalancerProvider.NO_INSTANCES, "no backends")
                    .build();
        }
        return NettyChannelBuilder.forTarget(FixedResolvers.target(addresses, attributes))
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .defaultLoadBalancingPolicy(algorithm == null ? "round_robin" : ClusterLoadBalancerProvider.POLICY)
                .build();
    }
}
