/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.loadbalance.BalancerContext;
import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.loadbalance.WeightFactor;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Measures picks, updates and state changes of the real balancer by the number of instances, for every algorithm there is. */
final class PickCost {

    static final int[] SIZES = {10, 100, 1_000, 10_000};
    private static final int BATCHES = 9;
    private static final int PICKS = 200_000;
    private static final int UPDATES = 20;
    private static final int CHANGES = 300;

    private final Samples picks;
    private final Samples updates;
    private final Samples changes;
    private int sink;

    private PickCost(Samples picks, Samples updates, Samples changes) {
        this.picks = picks;
        this.updates = updates;
        this.changes = changes;
    }

    /** Argument: the folder for the samples. */
    public static void main(String[] args) {
        Path results = Path.of(args[0]);
        try (Samples picks =
                        new Samples(results.resolve("picks.csv"), "algorithm", "instances", "batch", "picoseconds");
                Samples updates = new Samples(
                        results.resolve("updates.csv"),
                        "algorithm",
                        "instances",
                        "round",
                        "nanos",
                        "subchannels",
                        "candidates");
                Samples changes =
                        new Samples(results.resolve("changes.csv"), "algorithm", "instances", "changes", "nanos")) {
            PickCost cost = new PickCost(picks, updates, changes);
            Algorithms algorithms = new Algorithms(List.of());
            for (String name : algorithms.names()) {
                for (int size : SIZES) {
                    cost.measure(algorithms.named(name), size);
                }
            }
        }
    }

    private static ServiceInstance instance(int i) {
        return ServiceInstance.builder("orders", "i" + i, "10.0." + i / 250 + "." + i % 250, 9090)
                .weight(90 + i % 20)
                .build();
    }

    private void measure(LoadBalancingAlgorithm algorithm, int size) {
        Watched watched = new Watched(algorithm);
        BalancerContext context =
                BalancerContext.of("orders", watched, BalancingPolicy.DEFAULTS, new EndpointRegistry("orders"));
        try (StubChannel channel = new StubChannel(context)) {
            List<EquivalentAddressGroup> groups = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                groups.add(StubChannel.address(instance(i)));
            }
            channel.resolve(groups);
            for (int i = 0; i < size; i++) {
                channel.become("i" + i, ConnectivityState.READY);
            }
            settle(channel, size);
            for (int batch = -3; batch < BATCHES; batch++) {
                long nanos = pick(channel, PICKS);
                if (batch >= 0) {
                    picks.add(algorithm.name(), size, batch, nanos * 1_000 / PICKS);
                }
            }
            update(channel, watched, groups, size);
            change(channel, algorithm.name(), size);
        }
    }

    /** Until every connected instance is in the picker, which may come a moment later in large clusters. */
    private void settle(StubChannel channel, int size) {
        for (int i = 0; i < 200 && !channel.picker().toString().contains(size + " connected"); i++) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private long pick(StubChannel channel, int count) {
        StubCall call = new StubCall();
        long started = System.nanoTime();
        for (int i = 0; i < count; i++) {
            PickResult result = channel.picker().pickSubchannel(call);
            sink += result.hasResult() ? 1 : 0;
        }
        return System.nanoTime() - started;
    }

    /** One leaves and one joins, from the resolution to the first call that knows of it. */
    private void update(StubChannel channel, Watched watched, List<EquivalentAddressGroup> groups, int size) {
        List<EquivalentAddressGroup> current = new ArrayList<>(groups);
        for (int round = 0; round < UPDATES; round++) {
            String id = "i" + (size + round);
            List<EquivalentAddressGroup> next = new ArrayList<>(current);
            next.set(round % size, StubChannel.address(instance(size + round)));
            int before = channel.created();
            watched.forget();
            long started = System.nanoTime();
            channel.resolve(next);
            channel.become(id, ConnectivityState.READY);
            pick(channel, 1);
            long nanos = System.nanoTime() - started;
            settle(channel, size);
            pick(channel, 1);
            updates.add(watched.name(), size, round, nanos, channel.created() - before, watched.newCandidates());
            current = next;
        }
    }

    /** Connections that are lost and come back one by one, a call between any two of them. */
    private void change(StubChannel channel, String algorithm, int size) {
        long started = System.nanoTime();
        for (int i = 0; i < CHANGES; i++) {
            String id = "i" + (size + i % Math.min(size, UPDATES));
            channel.become(id, i % 2 == 0 ? ConnectivityState.IDLE : ConnectivityState.READY);
            pick(channel, 1);
            if (i % 2 == 0) {
                channel.become(id, ConnectivityState.READY);
                pick(channel, 1);
            }
        }
        changes.add(algorithm, size, CHANGES, System.nanoTime() - started);
    }

    /** Notes which candidates are new since it was last asked to forget. */
    private static final class Watched implements LoadBalancingAlgorithm {

        private final LoadBalancingAlgorithm algorithm;
        private final Set<Candidate> known = Collections.newSetFromMap(new IdentityHashMap<>());
        private int added;

        Watched(LoadBalancingAlgorithm algorithm) {
            this.algorithm = algorithm;
        }

        synchronized void forget() {
            added = 0;
        }

        synchronized int newCandidates() {
            return added;
        }

        @Override
        public String name() {
            return algorithm.name();
        }

        @Override
        public Set<WeightFactor> weightFactors() {
            return algorithm.weightFactors();
        }

        @Override
        public synchronized Selector selector(List<? extends Candidate> candidates) {
            for (Candidate candidate : candidates) {
                if (known.add(candidate)) {
                    added++;
                }
            }
            known.retainAll(asSet(candidates));
            return algorithm.selector(candidates);
        }

        private static Set<Candidate> asSet(List<? extends Candidate> candidates) {
            Set<Candidate> set = Collections.newSetFromMap(new IdentityHashMap<>());
            set.addAll(candidates);
            return set;
        }
    }
}
