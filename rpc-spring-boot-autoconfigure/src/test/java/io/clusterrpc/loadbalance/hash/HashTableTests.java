/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.HashKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every division of keys must do. */
class HashTableTests {

    private static final long[] KEYS =
            IntStream.range(0, 20_000).mapToLong(i -> HashKey.of(i).hash()).toArray();

    static List<HashTable> schemes() {
        return List.of(new SlotTable(), new RingTable(160));
    }

    private static Node node(int i, double weight) {
        String address = "10.0.%d.%d:9090".formatted(i / 256, i % 256);
        return new Node(address, "id-" + i, weight, HashKey.of(address).hash());
    }

    private static List<Node> nodes(int count, boolean equal) {
        return IntStream.range(0, count)
                .mapToObj(i -> node(i, equal ? 100 : 50 + i * 37 % 100))
                .sorted(Node.ORDER)
                .toList();
    }

    private static List<Node> with(List<Node> nodes, Node added) {
        List<Node> more = new ArrayList<>(nodes);
        more.add(added);
        more.sort(Node.ORDER);
        return more;
    }

    private static List<Node> owners(HashTable table) {
        List<Node> owners = new ArrayList<>();
        for (long key : KEYS) {
            owners.add(table.nodes().get(table.owner(key)));
        }
        return owners;
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void whoLeavesHandsOverItsKeysAndNoOtherMoves(HashTable empty) {
        for (boolean equal : new boolean[] {true, false}) {
            HashTable before = empty.of(nodes(10, equal));
            for (Node leaver : before.nodes()) {
                List<Node> left = new ArrayList<>(before.nodes());
                left.remove(leaver);
                HashTable after = before.of(left);
                for (long key : KEYS) {
                    Node owner = before.nodes().get(before.owner(key));
                    Node heir = after.nodes().get(after.owner(key));
                    if (owner.equals(leaver)) {
                        int second =
                                before.first(key, i -> !before.nodes().get(i).equals(leaver));
                        assertThat(heir).isEqualTo(before.nodes().get(second));
                    } else {
                        assertThat(heir).isEqualTo(owner);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void whoJoinsTakesItsShareAndNoOtherKeyMoves(HashTable empty) {
        for (boolean equal : new boolean[] {true, false}) {
            HashTable before = empty.of(nodes(9, equal));
            Node joiner = node(999, 100);
            HashTable after = before.of(with(before.nodes(), joiner));
            List<Node> old = owners(before);
            List<Node> now = owners(after);
            int taken = 0;
            for (int i = 0; i < KEYS.length; i++) {
                if (!now.get(i).equals(old.get(i))) {
                    assertThat(now.get(i)).isEqualTo(joiner);
                    taken++;
                }
            }
            assertThat(taken).isBetween(KEYS.length / 15, KEYS.length / 6);
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void aChangedWeightMovesKeysToOrFromThatNodeOnly(HashTable empty) {
        List<Node> nodes = nodes(8, true);
        HashTable before = empty.of(nodes);
        for (double weight : new double[] {1, 50, 200, 1_000}) {
            List<Node> changed = new ArrayList<>(nodes);
            Node same = nodes.get(3);
            changed.set(3, new Node(same.address(), same.id(), weight, same.seed()));
            HashTable after = before.of(changed);
            for (long key : KEYS) {
                if (before.owner(key) != after.owner(key)) {
                    assertThat(weight > 100 ? after.owner(key) : before.owner(key))
                            .isEqualTo(3);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void theWayToATableDoesNotMatter(HashTable empty) {
        Random random = new Random(11);
        HashTable table = empty.of(nodes(3, false));
        for (int step = 0; step < 30; step++) {
            List<Node> next = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                if (random.nextBoolean() || i == step) {
                    next.add(node(i, 1 + random.nextInt(3) * 100));
                }
            }
            next.sort(Node.ORDER);
            table = table.of(next);
            assertThat(owners(table)).isEqualTo(owners(empty.of(next)));
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void theOrderOfAKeyStartsWithItsOwnerAndHasEverybody(HashTable empty) {
        HashTable table = empty.of(nodes(6, false));
        for (int k = 0; k < 500; k++) {
            List<Integer> seen = new ArrayList<>();
            int next;
            while ((next = table.first(KEYS[k], i -> !seen.contains(i))) >= 0) {
                seen.add(next);
            }
            assertThat(seen).hasSize(6).first().isEqualTo(table.owner(KEYS[k]));
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void sharesByWeight(HashTable empty) {
        List<Node> nodes = List.of(node(1, 100), node(2, 200), node(3, 300));
        HashTable table = empty.of(nodes);
        double tolerance = table instanceof SlotTable ? 0.01 : 0.05;
        for (int i = 0; i < 3; i++) {
            int position = i;
            long count = IntStream.range(0, KEYS.length)
                    .filter(k -> table.owner(KEYS[k]) == position)
                    .count();
            assertThat((double) count / KEYS.length).isCloseTo((i + 1) / 6.0, within(tolerance));
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void theBusiestOfAHundredIsNotFarFromTheAverage(HashTable empty) {
        HashTable table = empty.of(nodes(100, true));
        int[] counts = new int[100];
        Random random = new Random(5);
        for (int i = 0; i < 1_000_000; i++) {
            counts[table.owner(random.nextLong())]++;
        }
        double peak = IntStream.of(counts).max().orElseThrow() / 10_000.0;
        assertThat(peak).isLessThan(table instanceof SlotTable ? 1.12 : 1.35);
    }
}
