/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import io.clusterrpc.HashKey;
import io.clusterrpc.loadbalance.Candidate;
import java.util.Comparator;

/**
 * An instance as the hash sees it. Its address decides which keys it gets, not its id, which is new with every start: who comes
 * back at the same address finds its keys again. The id only tells two records of one address apart.
 *
 * @param address host and port
 * @param id of the instance
 * @param weight greater than 0
 * @param seed hash of the address
 */
record Node(String address, String id, double weight, long seed) {

    /** The same everywhere, so that ties are settled alike by all clients. */
    static final Comparator<Node> ORDER = Comparator.comparing(Node::address).thenComparing(Node::id);

    static Node of(Candidate candidate) {
        String address = candidate.instance().address();
        return new Node(
                address,
                candidate.instance().id(),
                candidate.weight(),
                HashKey.of(address).hash());
    }
}
