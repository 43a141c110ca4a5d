/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import io.clusterrpc.loadbalance.BalancerContext;
import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.HashFigures;
import io.clusterrpc.loadbalance.HashPolicy;
import io.clusterrpc.loadbalance.HashScheme;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.loadbalance.WeightFactor;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Calls with the same key go to the same instance. Takes the static weight only: in a warm-up keys would wander, and what they
 * left behind in the caches of an instance with them.
 *
 * <p>Thread-safe. The last tables are kept, for the next snapshot of the cluster usually differs by one instance: several,
 * because each gRPC service and each kind of route has candidates of its own.
 */
public final class ConsistentHash implements LoadBalancingAlgorithm {

    /** The name in configuration. */
    public static final String NAME = "consistent-hash";

    private static final int TABLES_KEPT = 4;

    private final LoadBalancingAlgorithm keyless;
    private final HashPolicy policy;
    private final CallKey key;
    private final HashFigures figures;
    /** Newest first; guarded by itself. */
    private final Deque<HashTable> tables = new ArrayDeque<>();

    /**
     * With the default policy, for keys given as an option of the call.
     *
     * @param keyless chooses for calls without a key
     */
    public ConsistentHash(LoadBalancingAlgorithm keyless) {
        this(keyless, HashPolicy.DEFAULTS, new HashFigures());
    }

    private ConsistentHash(LoadBalancingAlgorithm keyless, HashPolicy policy, HashFigures figures) {
        this.keyless = keyless;
        this.policy = policy;
        this.key = new CallKey(policy.key());
        this.figures = figures;
    }

    @Override
    public LoadBalancingAlgorithm forReference(BalancerContext context) {
        return new ConsistentHash(
                keyless.forReference(context),
                context.policy().hash(),
                context.endpoints().hashFigures());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<WeightFactor> weightFactors() {
        return EnumSet.of(WeightFactor.STATIC);
    }

    @Override
    public Selector selector(List<? extends Candidate> candidates) {
        List<Node> unsorted = candidates.stream().map(Node::of).toList();
        int[] order = IntStream.range(0, unsorted.size())
                .boxed()
                .sorted(Comparator.comparing(unsorted::get, Node.ORDER))
                .mapToInt(Integer::intValue)
                .toArray();
        HashTable table = table(IntStream.of(order).mapToObj(unsorted::get).toList());
        LoadBound bound = policy.boundedLoad()
                ? new LoadBound(IntStream.of(order).mapToObj(candidates::get).toList(), policy.loadFactor())
                : null;
        return new KeySelector(key, table, order, bound, keyless.selector(candidates), figures);
    }

    private HashTable table(List<Node> nodes) {
        synchronized (tables) {
            HashTable nearest =
                    policy.scheme() == HashScheme.RING ? new RingTable(policy.virtualNodes()) : new SlotTable();
            long least = nodes.size();
            for (HashTable known : tables) {
                if (known.nodes().equals(nodes)) {
                    return known;
                }
                long difference = NodeChange.between(known.nodes(), nodes).size();
                if (difference < least) {
                    least = difference;
                    nearest = known;
                }
            }
            HashTable table = nearest.of(nodes);
            tables.addFirst(table);
            if (tables.size() > TABLES_KEPT) {
                tables.removeLast();
            }
            return table;
        }
    }
}
