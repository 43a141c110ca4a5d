/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.clusterrpc.loadbalance.SimulatedEndpoint;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;

/** A client on one of the library's algorithms and the library's statistics. */
final class LibraryClient implements Client {

    private static final long BLACKOUT = 10_000_000_000L;

    private final LoadBalancingAlgorithm algorithm;
    private final boolean byReports;
    private final SimulatedEndpoint[] endpoints;
    private final int[] servers;
    private Selector selector;

    /**
     * Creates a client to which all servers are equal.
     *
     * @param byReports whether the weights are made of what servers report, as in gRFC A58: rate by utilisation, after a blackout of
     *     ten seconds
     */
    LibraryClient(LoadBalancingAlgorithm algorithm, int servers, boolean byReports) {
        this.algorithm = algorithm;
        this.byReports = byReports;
        this.servers = new int[servers];
        this.endpoints = new SimulatedEndpoint[servers];
        for (int i = 0; i < servers; i++) {
            this.servers[i] = i;
            endpoints[i] = new SimulatedEndpoint(
                    ServiceInstance.builder("simulated", "s" + i, "localhost", 1)
                            .build(),
                    100);
        }
        this.selector = algorithm.selector(List.of(endpoints));
    }

    @Override
    public void weigh(double[] weights) {
        List<SimulatedEndpoint> candidates = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                endpoints[i] = endpoints[i].withWeight(weights[i]);
                servers[candidates.size()] = i;
                candidates.add(endpoints[i]);
            }
        }
        selector = algorithm.selector(List.copyOf(candidates));
    }

    @Override
    public void reported(long now, double[] rate, double[] utilization) {
        if (!byReports || now < BLACKOUT) {
            return;
        }
        double[] weights = new double[rate.length];
        double sum = 0;
        int known = 0;
        for (int i = 0; i < rate.length; i++) {
            if (rate[i] > 0 && utilization[i] > 0) {
                weights[i] = rate[i] / utilization[i];
                sum += weights[i];
                known++;
            }
        }
        for (int i = 0; i < rate.length; i++) {
            weights[i] = weights[i] > 0 ? weights[i] : known == 0 ? 1 : sum / known;
        }
        weigh(weights);
    }

    @Override
    public int pick() {
        return servers[selector.select(SimulatedCall.ANY)];
    }

    @Override
    public void sent(int server, long now) {
        endpoints[server].sent(now);
    }

    @Override
    public void answered(int server, long sent, long now, int queue, long serviceNanos) {
        endpoints[server].answered(sent, now);
    }

    @Override
    public void failed(int server, Code code, long sent, long now) {
        endpoints[server].failed(code, sent, now);
    }
}
