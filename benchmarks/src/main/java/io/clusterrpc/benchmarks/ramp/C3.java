/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.grpc.Status.Code;
import java.util.random.RandomGenerator;

/**
 * Replica ranking as in C3 (Suresh et al., NSDI 2015): {@code R - T + q^3 T} with averages of response time R and service time T, and
 * {@code q = 1 + in flight x clients + the queue that the server told}. Of five servers chosen by chance, without C3's rate control.
 */
final class C3 implements Client {

    private static final int CHOICES = 5;
    private static final double NEW = 0.1;

    private final Sampling sampling;
    private final int clients;
    private final double[] response;
    private final double[] service;
    private final double[] queue;
    private final int[] inFlight;

    C3(int servers, int clients, RandomGenerator random) {
        this.sampling = new Sampling(random, servers, CHOICES);
        this.clients = clients;
        this.response = new double[servers];
        this.service = new double[servers];
        this.queue = new double[servers];
        this.inFlight = new int[servers];
    }

    @Override
    public int pick() {
        return sampling.cheapest(this::score);
    }

    private double score(int server) {
        double q = 1 + (double) inFlight[server] * clients + queue[server];
        return response[server] - service[server] + q * q * q * service[server];
    }

    @Override
    public void sent(int server, long now) {
        inFlight[server]++;
    }

    @Override
    public void answered(int server, long sent, long now, int queued, long serviceNanos) {
        inFlight[server]--;
        double share = response[server] == 0 ? 1 : NEW;
        response[server] += share * (now - sent - response[server]);
        service[server] += share * (serviceNanos - service[server]);
        queue[server] += share * (queued - queue[server]);
    }

    @Override
    public void failed(int server, Code code, long sent, long now) {
        answered(server, sent, now, 0, now - sent);
    }
}
