/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.LoadBalancer.PickSubchannelArgs;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses one of the instances that may get a call. A bean of this type can be named in {@code rpc.references.*.balancing.algorithm} like
 * those that come with the library.
 *
 * <p>Only connected instances that offer the call's gRPC service reach an algorithm, never one with static weight 0. Instances
 * that the call already tried do; an algorithm for which it matters who comes second (a hash) looks at
 * {@link io.clusterrpc.Attempt#tried()} itself, for all others the balancer asks again.
 *
 * <p>Thread-safe. One object may serve several references: state belongs into the selector.
 */
public interface LoadBalancingAlgorithm {

    /**
     * The name in configuration, in lower case with hyphens.
     *
     * @return a name that no other algorithm has
     */
    String name();

    /**
     * What {@link Candidate#weight()} shall be made of.
     *
     * @return the factors; the static weight and the warm-up unless overridden
     */
    default Set<WeightFactor> weightFactors() {
        return EnumSet.of(WeightFactor.STATIC, WeightFactor.WARM_UP);
    }

    /**
     * This algorithm as one reference uses it. Called once for each balancer, before anything else: what has settings or state of
     * its own for each reference returns a new object.
     *
     * @param context the reference, its policy, clocks and randomness
     * @return this object unless overridden
     */
    default LoadBalancingAlgorithm forReference(BalancerContext context) {
        return this;
    }

    /**
     * Prepares the choice among these candidates. Called again whenever one comes or goes, or a weight changes: during a
     * warm-up twice a second.
     *
     * @param candidates not empty, immutable
     * @return a selector for exactly this list
     */
    Selector selector(List<? extends Candidate> candidates);

    /** Chooses among the candidates that it was made for. Called once a pick on the threads of the callers: thread-safe, never blocks. */
    @FunctionalInterface
    interface Selector {

        /**
         * Chooses for one call. What it throws never fails the call: the balancer then chooses by itself.
         *
         * @param call method, headers and options of the call
         * @return position in the list of candidates
         */
        int select(PickSubchannelArgs call);
    }
}
