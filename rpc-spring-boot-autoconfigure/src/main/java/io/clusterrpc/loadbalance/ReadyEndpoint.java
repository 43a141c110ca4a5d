/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.grpc.LoadBalancer.PickResult;

/** A connected endpoint as it stands in a snapshot. Immutable but for the figures. */
record ReadyEndpoint(
        ServiceInstance instance,
        boolean listed,
        boolean ejected,
        double weight,
        EndpointRecord known,
        PickResult result)
        implements Candidate {

    String id() {
        return instance.id();
    }

    boolean drained() {
        return instance.weight() == 0;
    }

    ReadyEndpoint withWeight(double other) {
        return new ReadyEndpoint(instance, listed, ejected, other, known, result);
    }

    @Override
    public int inFlight() {
        return known.statistics().inFlight();
    }

    @Override
    public long latencyNanos() {
        return known.statistics().latencyNanos();
    }

    @Override
    public long waitingNanos(long nanoTime) {
        return known.statistics().waitingNanos(nanoTime);
    }

    @Override
    public long quietNanos(long nanoTime) {
        return known.statistics().quietNanos(nanoTime);
    }

    @Override
    public long acquaintedNanos(long nanoTime) {
        return known.statistics().acquaintedNanos(nanoTime);
    }

    @Override
    public boolean warming() {
        return known.warmth() < 1;
    }

    @Override
    public double failureRate(long nanoTime) {
        return known.statistics().failureRate(nanoTime);
    }

    @Override
    public long successes() {
        return known.statistics().successes();
    }

    @Override
    public long failures() {
        return known.statistics().failures();
    }
}
