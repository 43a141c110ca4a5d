/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.hash;

import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.clusterrpc.loadbalance.SimulatedEndpoint;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Lets instances leave and join, counts where the keys are, measures look-ups, builds and memory, and writes the samples. */
final class HashRun {

    static final int CHANGES = 10;
    private static final int KEYS = 100_000;
    private static final int MANY_KEYS = 4_000_000;
    private static final int ROUNDS = 5;
    private static final int LOOKUPS = 1_000_000;
    private static final int TABLES = 8;

    private final Path results;
    private final List<KeyedCall> calls =
            LongStream.range(0, KEYS).mapToObj(KeyedCall::new).toList();
    private final Random random = new Random(11);
    private int sink;

    private HashRun(Path results) {
        this.results = results;
    }

    /** Argument: the folder for the samples. */
    public static void main(String[] args) {
        HashRun run = new HashRun(Path.of(args[0]));
        run.changes();
        run.evenness();
        run.costs();
        BoundedLoad.run(run.results);
        System.err.println("checksum " + run.sink);
    }

    private Samples samples(String name, String... columns) {
        return new Samples(results.resolve(name), columns);
    }

    /** Keys that change their instance although it is neither the one that left nor the one that joined. */
    private void changes() {
        try (Samples moves = samples(
                        "moves.csv", "scheme", "instances", "weights", "round", "change", "keys", "moved", "beyond");
                Samples updates = samples("updates.csv", "scheme", "instances", "weights", "round", "change", "nanos");
                Samples clients = samples("clients.csv", "scheme", "instances", "weights", "keys", "different")) {
            for (Cluster cluster : Cluster.all()) {
                LoadBalancingAlgorithm algorithm = cluster.algorithm(false);
                List<SimulatedEndpoint> members = new ArrayList<>(cluster.endpoints());
                List<String> owners = owners(algorithm.selector(List.copyOf(members)), members);
                for (int i = 0; i < 2 * CHANGES; i++) {
                    boolean leave = i % 2 == 0;
                    SimulatedEndpoint changed;
                    if (leave) {
                        changed = members.remove(random.nextInt(members.size()));
                    } else {
                        changed = cluster.endpoint(cluster.instances() + i);
                        members.add(changed);
                    }
                    List<SimulatedEndpoint> candidates = List.copyOf(members);
                    long start = System.nanoTime();
                    Selector selector = algorithm.selector(candidates);
                    long nanos = System.nanoTime() - start;
                    List<String> before = owners;
                    owners = owners(selector, members);
                    int moved = 0;
                    int beyond = 0;
                    for (int key = 0; key < KEYS; key++) {
                        if (!owners.get(key).equals(before.get(key))) {
                            moved++;
                            String mayMove = leave ? before.get(key) : owners.get(key);
                            beyond += mayMove.equals(changed.instance().id()) ? 0 : 1;
                        }
                    }
                    String change = leave ? "leave" : "join";
                    moves.add(
                            cluster.schemeName(),
                            cluster.instances(),
                            cluster.weights(),
                            i / 2,
                            change,
                            KEYS,
                            moved,
                            beyond);
                    updates.add(cluster.schemeName(), cluster.instances(), cluster.weights(), i / 2, change, nanos);
                }
                List<String> elsewhere = owners(cluster.algorithm(false).selector(List.copyOf(members)), members);
                int different = 0;
                for (int key = 0; key < KEYS; key++) {
                    different += elsewhere.get(key).equals(owners.get(key)) ? 0 : 1;
                }
                clients.add(cluster.schemeName(), cluster.instances(), cluster.weights(), KEYS, different);
            }
        }
    }

    private List<String> owners(Selector selector, List<SimulatedEndpoint> members) {
        return calls.stream()
                .map(call -> members.get(selector.select(call)).instance().id())
                .toList();
    }

    /** How many keys the busiest instance has, compared with its share by weight. */
    private void evenness() {
        try (Samples shares =
                samples("shares.csv", "scheme", "instances", "weights", "keys", "busiestPermilleOfShare")) {
            for (Cluster cluster : Cluster.all()) {
                List<SimulatedEndpoint> members = cluster.endpoints();
                Selector selector = cluster.algorithm(false).selector(members);
                int[] keys = new int[members.size()];
                for (long key = 0; key < MANY_KEYS; key++) {
                    keys[selector.select(new KeyedCall(key))]++;
                }
                double total =
                        members.stream().mapToDouble(SimulatedEndpoint::weight).sum();
                double most = 0;
                for (int i = 0; i < keys.length; i++) {
                    most = Math.max(most, keys[i] / (MANY_KEYS * members.get(i).weight() / total));
                }
                shares.add(
                        cluster.schemeName(),
                        cluster.instances(),
                        cluster.weights(),
                        MANY_KEYS,
                        Math.round(1_000 * most));
            }
        }
    }

    private void costs() {
        try (Samples costs = samples(
                "costs.csv", "scheme", "instances", "weights", "round", "buildNanos", "lookupPicos", "tableBytes")) {
            for (Cluster cluster : Cluster.all()) {
                List<SimulatedEndpoint> members = cluster.endpoints();
                for (int round = -1; round < ROUNDS; round++) {
                    LoadBalancingAlgorithm algorithm = cluster.algorithm(false);
                    long start = System.nanoTime();
                    Selector selector = algorithm.selector(members);
                    long build = System.nanoTime() - start;
                    long picos = lookups(selector);
                    if (round >= 0) {
                        costs.add(
                                cluster.schemeName(),
                                cluster.instances(),
                                cluster.weights(),
                                round,
                                build,
                                picos,
                                round == 0
                                        ? bytes(() -> cluster.algorithm(false).selector(members))
                                        : -1);
                    }
                }
            }
        }
    }

    private long lookups(Selector selector) {
        long start = System.nanoTime();
        for (int i = 0; i < LOOKUPS; i++) {
            sink += selector.select(calls.get(i % 4_096));
        }
        return (System.nanoTime() - start) * 1_000 / LOOKUPS;
    }

    /** What a selector keeps alive, with its table. */
    private static long bytes(Supplier<Selector> selectors) {
        List<Selector> kept = new ArrayList<>();
        kept.add(selectors.get());
        long before = live();
        for (int i = 0; i < TABLES; i++) {
            kept.add(selectors.get());
        }
        long bytes = (live() - before) / TABLES;
        Reference.reachabilityFence(kept);
        return bytes;
    }

    private static long live() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
