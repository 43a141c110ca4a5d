/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.grpc.Status.Code;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Peak EWMA: the cost of a server rises at once to the latency of a call that took longer, and else is an average that decays with
 * time; times the calls in flight plus one. The cheapest of some distinct servers. Two forms: the average stays as it is while
 * nothing happens, or it fades then, too (Finagle).
 */
final class PeakEwma implements Client {

    private static final double DECAY_NANOS = 1e9;
    private static final double UNKNOWN = Long.MAX_VALUE >> 16;

    private final LongSupplier clock;
    private final Sampling sampling;
    private final boolean fades;
    private final double[] cost;
    private final long[] stamp;
    private final int[] inFlight;

    PeakEwma(int servers, int choices, boolean fades, LongSupplier clock, RandomGenerator random) {
        this.clock = clock;
        this.sampling = new Sampling(random, servers, choices);
        this.fades = fades;
        this.cost = new double[servers];
        this.stamp = new long[servers];
        this.inFlight = new int[servers];
    }

    @Override
    public int pick() {
        return sampling.cheapest(this::load);
    }

    private double load(int server) {
        if (fades) {
            observe(server, 0, clock.getAsLong());
        }
        return cost[server] == 0 && inFlight[server] != 0
                ? UNKNOWN + inFlight[server]
                : cost[server] * (inFlight[server] + 1);
    }

    private void observe(int server, double latency, long now) {
        double kept = Math.exp(-(now - stamp[server]) / DECAY_NANOS);
        cost[server] = latency > cost[server] ? latency : cost[server] * kept + latency * (1 - kept);
        stamp[server] = now;
    }

    @Override
    public void sent(int server, long now) {
        inFlight[server]++;
    }

    @Override
    public void answered(int server, long sent, long now, int queue, long serviceNanos) {
        inFlight[server]--;
        observe(server, now - sent, now);
    }

    @Override
    public void failed(int server, Code code, long sent, long now) {
        answered(server, sent, now, 0, 0);
    }
}
