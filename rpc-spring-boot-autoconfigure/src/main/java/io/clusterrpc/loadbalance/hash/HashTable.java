/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * Who a key belongs to, and who comes next for it: a pure function of the nodes, so the same in all processes that know the
 * same. A node that leaves hands its keys to those who came second for them; one that joins takes only what it keeps.
 * Immutable.
 */
interface HashTable {

    /** The nodes in their order; what is returned below are positions in it. */
    List<Node> nodes();

    /** Whom a key belongs to. */
    int owner(long hash);

    /**
     * The first of those that are eligible, in the order of the key.
     *
     * @return -1 if none is
     */
    int first(long hash, IntPredicate eligible);

    /**
     * The table of other nodes, made from this one: the more they have in common the cheaper.
     *
     * @param nodes in their order, not empty
     */
    HashTable of(List<Node> nodes);
}
