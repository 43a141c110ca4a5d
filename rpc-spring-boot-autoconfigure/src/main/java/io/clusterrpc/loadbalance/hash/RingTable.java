/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A circle of 64-bit hashes with many points of each node, by its weight (consistent hashing, Karger et al. 1997): a key belongs
 * to the node of the next point clockwise. The points of a node depend on nothing else, so one that comes or goes
 * changes nothing among the others.
 *
 * <p>An index over the highest bits leads to within a step or two of the point. A change of one node costs a copy of the points.
 */
final class RingTable implements HashTable {

    /** A point is one number: 48 bits of its place, 16 bits of its node. */
    private static final long NODE = 0xFFFF;

    private static final double USUAL_WEIGHT = 100;

    private final int pointsOfUsualWeight;
    private final List<Node> nodes;
    /** Sorted, with the sign bit turned, so that the places are in order. */
    private final long[] points;
    /** Where the points of each interval begin. */
    private final int[] index;

    private final int indexShift;

    /**
     * The table of nobody, from which the others are made.
     *
     * @param pointsOfUsualWeight points of a node with weight 100
     */
    RingTable(int pointsOfUsualWeight) {
        this(pointsOfUsualWeight, List.of(), new long[0]);
    }

    private RingTable(int pointsOfUsualWeight, List<Node> nodes, long[] points) {
        this.pointsOfUsualWeight = pointsOfUsualWeight;
        this.nodes = nodes;
        this.points = points;
        int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(points.length));
        this.indexShift = Long.SIZE - bits;
        this.index = new int[1 << bits];
        int point = 0;
        for (int interval = 0; interval < index.length; interval++) {
            while (point < points.length && interval(points[point] ^ Long.MIN_VALUE) < interval) {
                point++;
            }
            index[interval] = point;
        }
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public int owner(long hash) {
        return node(points[next(hash)]);
    }

    @Override
    public int first(long hash, IntPredicate eligible) {
        int start = next(hash);
        for (int i = 0; i < points.length; i++) {
            int node = node(points[(start + i) % points.length]);
            if (eligible.test(node)) {
                return node;
            }
        }
        return -1;
    }

    @Override
    public RingTable of(List<Node> others) {
        if (others.size() > NODE + 1) {
            throw new IllegalArgumentException("instances: " + others.size() + " (expected: up to " + (NODE + 1) + ")");
        }
        NodeChange change = NodeChange.between(nodes, others);
        long[] added = change.joined().stream()
                .flatMapToLong(position -> Arrays.stream(pointsOf(others.get(position), position)))
                .sorted()
                .toArray();
        long[] kept = Arrays.stream(points)
                .filter(point -> change.positions()[node(point)] >= 0)
                .map(point -> (point & ~NODE) | change.positions()[node(point)])
                .toArray();
        return new RingTable(pointsOfUsualWeight, others, merge(kept, added));
    }

    private long[] pointsOf(Node node, int position) {
        int count = (int) Math.max(1, Math.round(pointsOfUsualWeight * node.weight() / USUAL_WEIGHT));
        long[] own = new long[count];
        for (int i = 0; i < count; i++) {
            own[i] = (Mix.of(node.seed(), i) & ~NODE | position) ^ Long.MIN_VALUE;
        }
        return own;
    }

    private static long[] merge(long[] a, long[] b) {
        long[] merged = new long[a.length + b.length];
        int fromA = 0;
        int fromB = 0;
        for (int i = 0; i < merged.length; i++) {
            merged[i] = fromB == b.length || (fromA < a.length && a[fromA] < b[fromB]) ? a[fromA++] : b[fromB++];
        }
        return merged;
    }

    /** Position of the first point at or after a place, around the circle. */
    private int next(long hash) {
        long from = (hash & ~NODE) ^ Long.MIN_VALUE;
        int point = index[interval(hash)];
        while (point < points.length && points[point] < from) {
            point++;
        }
        return point == points.length ? 0 : point;
    }

    private int interval(long hash) {
        return (int) (hash >>> indexShift);
    }

    private static int node(long point) {
        return (int) (point & NODE);
    }
}
