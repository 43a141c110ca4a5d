/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import io.clusterrpc.Attempt;
import io.clusterrpc.HashKey;
import io.clusterrpc.loadbalance.HashFigures;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses by the key of a call: the instance that the key belongs to, and where the call already tried that one or it has too
 * many calls in flight, the next in the order of the key. A call without a key goes where chance says. Thread-safe.
 */
final class KeySelector implements Selector {

    private final CallKey key;
    private final HashTable table;
    private final int[] candidates;
    private final @Nullable LoadBound bound;
    private final Selector keyless;
    private final HashFigures figures;

    /**
     * Creates a selector.
     *
     * @param candidates positions in the list of candidates by position of the node
     * @param bound {@code null} for none
     * @param keyless chooses for calls without a key
     */
    KeySelector(
            CallKey key,
            HashTable table,
            int[] candidates,
            @Nullable LoadBound bound,
            Selector keyless,
            HashFigures figures) {
        this.key = key;
        this.table = table;
        this.candidates = candidates;
        this.bound = bound;
        this.keyless = keyless;
        this.figures = figures;
    }

    @Override
    public int select(PickSubchannelArgs call) {
        HashKey keyOfCall = key.of(call);
        if (keyOfCall == null) {
            figures.keylessPick();
            return keyless.select(call);
        }
        Attempt attempt = call.getCallOptions().getOption(Attempt.KEY);
        Set<String> tried = attempt == null ? Set.of() : attempt.tried();
        long hash = keyOfCall.hash();
        int owner = table.owner(hash);
        int first = tried.isEmpty() || !tried.contains(id(owner)) ? owner : another(hash, owner, tried);
        return candidates[bound == null ? first : bounded(hash, first, tried, bound)];
    }

    private int bounded(long hash, int first, Set<String> tried, LoadBound bound) {
        bound.pick();
        if (bound.admits(first)) {
            return first;
        }
        int next = table.first(hash, node -> bound.admits(node) && !tried.contains(id(node)));
        if (next < 0) {
            return first;
        }
        figures.spilledPick();
        return next;
    }

    /** The next of the key that the call did not try yet; whom it belongs to if there is none. */
    private int another(long hash, int owner, Set<String> tried) {
        IntPredicate untried = node -> !tried.contains(id(node));
        int next = table.first(hash, untried);
        return next < 0 ? owner : next;
    }

    private String id(int node) {
        return table.nodes().get(node).id();
    }
}
