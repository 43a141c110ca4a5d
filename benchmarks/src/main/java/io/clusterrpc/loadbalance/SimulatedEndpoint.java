/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.grpc.Status.Code;

/** What one simulated client knows of one server: the library's own statistics, fed by a simulation instead of by gRPC. */
public final class SimulatedEndpoint implements Candidate {

    private final ServiceInstance instance;
    private final double weight;
    private final EndpointStatistics statistics;

    /**
     * Creates an endpoint without any calls.
     *
     * @param instance the server
     * @param weight as the algorithm shall see it
     */
    public SimulatedEndpoint(ServiceInstance instance, double weight) {
        this(instance, weight, new EndpointStatistics());
    }

    private SimulatedEndpoint(ServiceInstance instance, double weight, EndpointStatistics statistics) {
        this.instance = instance;
        this.weight = weight;
        this.statistics = statistics;
    }

    /**
     * The same server with another weight.
     *
     * @param other the weight
     * @return an endpoint on the same statistics
     */
    public SimulatedEndpoint withWeight(double other) {
        return new SimulatedEndpoint(instance, other, statistics);
    }

    /**
     * A call left for it.
     *
     * @param now virtual time
     */
    public void sent(long now) {
        statistics.opened(now);
        statistics.asked(now);
    }

    /**
     * It answered a call.
     *
     * @param sent when the call left
     * @param now virtual time
     */
    public void answered(long sent, long now) {
        statistics.heard(now);
        statistics.responded(now, now - sent);
        statistics.released();
        statistics.ended(Code.OK, true, now, 0);
    }

    /**
     * It answered nothing but an error, or nothing until the deadline.
     *
     * @param code the error
     * @param sent when the call left
     * @param now virtual time
     */
    public void failed(Code code, long sent, long now) {
        statistics.heard(now);
        statistics.released();
        statistics.ended(code, true, now, now - sent);
    }

    @Override
    public ServiceInstance instance() {
        return instance;
    }

    @Override
    public double weight() {
        return weight;
    }

    @Override
    public int inFlight() {
        return statistics.inFlight();
    }

    @Override
    public long latencyNanos() {
        return statistics.latencyNanos();
    }

    @Override
    public long waitingNanos(long nanoTime) {
        return statistics.waitingNanos(nanoTime);
    }

    @Override
    public long quietNanos(long nanoTime) {
        return statistics.quietNanos(nanoTime);
    }

    @Override
    public long acquaintedNanos(long nanoTime) {
        return statistics.acquaintedNanos(nanoTime);
    }

    /** All servers have the same static weight, so who has less warms up (where weights come from reports nobody asks). */
    @Override
    public boolean warming() {
        return weight < ServiceInstance.DEFAULT_WEIGHT;
    }

    @Override
    public double failureRate(long nanoTime) {
        return statistics.failureRate(nanoTime);
    }

    @Override
    public long successes() {
        return statistics.successes();
    }

    @Override
    public long failures() {
        return statistics.failures();
    }
}
