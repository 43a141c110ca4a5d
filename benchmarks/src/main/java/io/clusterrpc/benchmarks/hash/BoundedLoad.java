/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.hash;

import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.clusterrpc.loadbalance.SimulatedEndpoint;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * How many calls the instances have in flight when some keys are hot: the keys of 100,000 follow Zipf's law with exponent 1, so
 * that the hottest has 8 % of the calls. A fixed number of calls is in flight; when a random one ends, another begins.
 */
final class BoundedLoad {

    /** Calls in flight an instance, on average; 1.25 times the second is no whole number. */
    static final List<Integer> AVERAGES = List.of(8, 10, 100);

    private static final int KEYS = 100_000;
    private static final int TURNOVERS = 5;
    private static final int LEAST_CALLS = 20_000;

    private final Random random = new Random(5);
    private final List<KeyedCall> calls =
            LongStream.range(0, KEYS).mapToObj(KeyedCall::new).toList();
    private final double[] upTo = new double[KEYS];

    private BoundedLoad() {
        double sum = 0;
        for (int i = 0; i < KEYS; i++) {
            sum += 1.0 / (i + 1);
            upTo[i] = sum;
        }
    }

    static void run(Path results) {
        BoundedLoad load = new BoundedLoad();
        try (Samples loads = new Samples(
                results.resolve("loads.csv"),
                "scheme",
                "instances",
                "weights",
                "bounded",
                "average",
                "calls",
                "peakPermilleOfShare",
                "beyondBound",
                "away")) {
            for (Cluster cluster : Cluster.all()) {
                for (int average : AVERAGES) {
                    load.hold(cluster, average, true, loads);
                    load.hold(cluster, average, false, loads);
                }
            }
        }
    }

    private void hold(Cluster cluster, int average, boolean bounded, Samples loads) {
        List<SimulatedEndpoint> members = cluster.endpoints();
        Selector selector = cluster.algorithm(bounded).selector(members);
        Selector unbounded = cluster.algorithm(false).selector(members);
        double weights = members.stream().mapToDouble(SimulatedEndpoint::weight).sum();
        int[] callsAt = new int[members.size()];
        int[] inFlight = new int[average * members.size()];
        int measured = Math.max(LEAST_CALLS, TURNOVERS * inFlight.length);
        double peak = 0;
        int beyond = 0;
        int away = 0;
        for (int i = 0; i < inFlight.length + measured; i++) {
            boolean full = i >= inFlight.length;
            int place = full ? random.nextInt(inFlight.length) : i;
            if (full) {
                members.get(inFlight[place]).answered(0, 1);
                callsAt[inFlight[place]]--;
            }
            KeyedCall call = calls.get(key());
            int chosen = selector.select(call);
            members.get(chosen).sent(0);
            callsAt[chosen]++;
            inFlight[place] = chosen;
            if (full) {
                double share = inFlight.length * members.get(chosen).weight() / weights;
                peak = Math.max(peak, callsAt[chosen] / share);
                beyond += callsAt[chosen] > Math.ceil(Cluster.LOAD_FACTOR * share) ? 1 : 0;
                away += chosen == unbounded.select(call) ? 0 : 1;
            }
        }
        loads.add(
                cluster.schemeName(),
                cluster.instances(),
                cluster.weights(),
                bounded,
                average,
                measured,
                Math.round(1_000 * peak),
                beyond,
                away);
    }

    private int key() {
        int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[KEYS - 1]);
        return Math.min(KEYS - 1, found < 0 ? -found - 1 : found);
    }
}
