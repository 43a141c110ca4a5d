/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.grpc.Status.Code;

/** Chooses a server for each call of one simulated client and hears what becomes of it. */
interface Client {

    /** The server for a call that starts now. */
    int pick();

    void sent(int server, long now);

    /**
     * A server answered.
     *
     * @param queue calls that were at the server when it answered
     * @param serviceNanos how long the server worked on it
     */
    void answered(int server, long sent, long now, int queue, long serviceNanos);

    void failed(int server, Code code, long sent, long now);

    /** The weights of the servers, 0 for one that is not there; told again when they change. */
    default void weigh(double[] weights) {}

    /**
     * Once a second, what each server measured of itself in that second.
     *
     * @param rate calls answered
     * @param utilization the part of its cores that was busy
     */
    default void reported(long now, double[] rate, double[] utilization) {}
}
