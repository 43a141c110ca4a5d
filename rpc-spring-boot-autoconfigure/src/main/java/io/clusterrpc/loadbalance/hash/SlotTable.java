/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * A fixed number of slots, filled by weighted rendezvous hashing (Thaler and Ravishankar 1998; with weights: Schindelhauer and
 * Schomaker 2005): each node draws a number u between 0 and 1 for each slot, the same everywhere, and the one with the lowest
 * {@code -ln(u) / weight} gets it. The nodes draw independently, so one that comes or goes changes nothing among the others.
 *
 * <p>A look-up reads one array element. A change of one node costs one draw a slot, however many nodes there are: who joins is
 * compared with the owners only, and of who leaves only its own slots are drawn again.
 */
final class SlotTable implements HashTable {

    /**
     * Equal nodes differ by chance: measured by {@code benchmarks/run.sh hash}, the busiest of a hundred has 1.06 times the
     * average, of a thousand 1.33 times; on a ring of 160 points each 1.23 and 1.30 times. The slots take 256 KiB.
     */
    static final int BITS = 17;

    private static final int SLOTS = 1 << BITS;
    private static final int MOST_NODES = Character.MAX_VALUE + 1;

    private final List<Node> nodes;
    private final long[] seeds;
    private final double[] weights;
    private final boolean equal;
    private final char[] owners;

    /** The table of nobody, from which the others are made. */
    SlotTable() {
        this(List.of(), new char[0]);
    }

    private SlotTable(List<Node> nodes, char[] owners) {
        this.nodes = nodes;
        this.seeds = nodes.stream().mapToLong(Node::seed).toArray();
        this.weights = nodes.stream().mapToDouble(Node::weight).toArray();
        this.equal = nodes.stream().mapToDouble(Node::weight).distinct().count() <= 1;
        this.owners = owners;
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public int owner(long hash) {
        return owners[slot(hash)];
    }

    @Override
    public int first(long hash, IntPredicate eligible) {
        int slot = slot(hash);
        int best = -1;
        for (int node = 0; node < seeds.length; node++) {
            if (eligible.test(node) && (best < 0 || beats(node, best, slot))) {
                best = node;
            }
        }
        return best;
    }

    @Override
    public SlotTable of(List<Node> others) {
        if (others.size() > MOST_NODES) {
            throw new IllegalArgumentException("instances: " + others.size() + " (expected: up to " + MOST_NODES + ")");
        }
        SlotTable table = new SlotTable(others, new char[SLOTS]);
        NodeChange change = NodeChange.between(nodes, others);
        int[] joined = change.joined().stream().mapToInt(Integer::intValue).toArray();
        for (int slot = 0; slot < SLOTS; slot++) {
            int owner = owners.length == 0 ? -1 : change.positions()[owners[slot]];
            table.owners[slot] = (char) (owner < 0 ? table.best(slot) : table.best(slot, owner, joined));
        }
        return table;
    }

    private static int slot(long hash) {
        return (int) (hash >>> (Long.SIZE - BITS));
    }

    private int best(int slot) {
        int best = 0;
        if (equal) {
            long most = draw(0, slot);
            for (int node = 1; node < seeds.length; node++) {
                long drawn = draw(node, slot);
                if (drawn > most) {
                    most = drawn;
                    best = node;
                }
            }
            return best;
        }
        for (int node = 1; node < seeds.length; node++) {
            if (beats(node, best, slot)) {
                best = node;
            }
        }
        return best;
    }

    private int best(int slot, int owner, int[] joined) {
        int best = owner;
        for (int node : joined) {
            // Of two with the same score the first in order wins, whoever came first.
            if (node > best ? beats(node, best, slot) : !beats(best, node, slot)) {
                best = node;
            }
        }
        return best;
    }

    /** Whether a node gets a slot rather than one before it in order. */
    private boolean beats(int node, int other, int slot) {
        long drawn = draw(node, slot);
        long otherDrawn = draw(other, slot);
        double weight = weights[node];
        double otherWeight = weights[other];
        if (weight == otherWeight) {
            return drawn > otherDrawn;
        }
        double u = (drawn + 1) * 0x1p-53;
        double v = (otherDrawn + 1) * 0x1p-53;
        // Spares most logarithms: 1 - u <= -ln(u), and -ln(v) <= (1 - v) / v
        if ((1 - u) * v * otherWeight > (1 - v) * weight) {
            return false;
        }
        // StrictMath: the same on every machine
        return StrictMath.log(u) / weight > StrictMath.log(v) / otherWeight;
    }

    /** 53 bits. */
    private long draw(int node, int slot) {
        return Mix.of(seeds[node], slot) >>> 11;
    }
}
