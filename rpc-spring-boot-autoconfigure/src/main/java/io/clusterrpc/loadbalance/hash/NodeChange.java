/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What differs between two lists of nodes. A changed weight is a node that leaves and one that joins.
 *
 * @param positions where the nodes of the old list are in the new one, -1 for those that left
 * @param left how many those are
 * @param joined positions in the new list of those that were not in the old one
 */
record NodeChange(int[] positions, int left, List<Integer> joined) {

    static NodeChange between(List<Node> before, List<Node> after) {
        Map<Node, Integer> old = new HashMap<>();
        for (int i = 0; i < before.size(); i++) {
            old.put(before.get(i), i);
        }
        int[] positions = new int[before.size()];
        Arrays.fill(positions, -1);
        List<Integer> joined = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            Integer known = old.get(after.get(i));
            if (known == null) {
                joined.add(i);
            } else {
                positions[known] = i;
            }
        }
        return new NodeChange(positions, before.size() - after.size() + joined.size(), joined);
    }

    /** How many nodes differ. */
    int size() {
        return left + joined.size();
    }
}
