/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import org.jspecify.annotations.Nullable;

/**
 * What a reference knew of one instance at one moment. Immutable; figures count from when this process first saw the instance.
 *
 * @param instance what the instance registered
 * @param listed whether the registry still lists it
 * @param state of its connection
 * @param unusedBecause why it gets no calls, {@code null} if it does
 * @param inFlight calls under way
 * @param latencyNanos moving average of the time to the first response message, 0 if unknown
 * @param picks streams opened to it
 * @param successes calls it answered, whatever the answer
 * @param failures calls that failed for a reason of the instance
 * @param warmth the share of its weight that it has got to while it warms up, 1 once it is warm
 * @param weight the product of the factors that the algorithm takes, 0 while it gets no calls
 * @param ejection why and how long it is ejected, {@code null} if it is not; in panic it may get calls nevertheless
 * @param load what it reported last of its load, {@code null} if nothing
 */
public record EndpointView(
        ServiceInstance instance,
        boolean listed,
        EndpointState state,
        @Nullable String unusedBecause,
        int inFlight,
        long latencyNanos,
        long picks,
        long successes,
        long failures,
        double warmth,
        double weight,
        @Nullable EjectionView ejection,
        @Nullable LoadReport load) {}
