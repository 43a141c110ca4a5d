/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.ServiceInstance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubsetTests {

    private static final int SIZE = 20;
    private static final RoutePolicy IN_A = new RoutePolicy("a", ZoneRule.PREFER, InstanceMatch.ANY, false, null);

    private final Random random = new Random(1);
    private final List<String> clients = IntStream.range(0, 100)
            .mapToObj(i -> new UUID(random.nextLong(), random.nextLong()).toString())
            .toList();

    private static ServiceInstance.Builder instance(int i) {
        return ServiceInstance.builder("orders", "id" + i, "10.0." + i / 250 + "." + i % 250, 9090);
    }

    private static List<ServiceInstance> cluster(int size) {
        return IntStream.range(0, size).mapToObj(i -> instance(i).build()).toList();
    }

    private static Set<String> chosen(String client, List<ServiceInstance> cluster) {
        return new Subset(SIZE, client).of(cluster, RoutePolicy.ANYWHERE);
    }

    /** Clients of each instance. */
    private Map<String, Integer> load(List<ServiceInstance> cluster) {
        Map<String, Integer> load = new HashMap<>();
        cluster.forEach(it -> load.put(it.id(), 0));
        clients.forEach(client -> chosen(client, cluster).forEach(id -> load.merge(id, 1, Integer::sum)));
        return load;
    }

    @Test
    void isTheSameWhateverTheOrderOfTheList() {
        List<ServiceInstance> shuffled = new ArrayList<>(cluster(300));
        Collections.shuffle(shuffled, random);
        assertThat(chosen("me", shuffled)).hasSize(SIZE).isEqualTo(chosen("me", cluster(300)));
        assertThat(chosen("you", shuffled)).isNotEqualTo(chosen("me", shuffled));
    }

    @Test
    void takesAllOfAClusterThatIsNotLarger() {
        assertThat(chosen("me", cluster(7))).hasSize(7);
        assertThat(chosen("me", List.of())).isEmpty();
    }

    @Test
    void movesNoConnectionMoreThanItMustWhenOneLeavesOrJoins() {
        List<ServiceInstance> before = cluster(300);
        List<ServiceInstance> after = new ArrayList<>(before);
        String left = after.remove(123).id();
        for (String client : clients) {
            Set<String> lost = new HashSet<>(chosen(client, before));
            Set<String> kept = chosen(client, after);
            boolean used = lost.contains(left);
            lost.removeAll(kept);
            assertThat(lost).isEqualTo(used ? Set.of(left) : Set.of());
            assertThat(kept).hasSize(SIZE);
        }
    }

    @Test
    void doesNotChangeWhenAnInstanceRestartsAtItsAddress() {
        List<ServiceInstance> before = cluster(300);
        List<ServiceInstance> after = new ArrayList<>(before);
        after.set(
                5, ServiceInstance.builder("orders", "reborn", "10.0.0.5", 9090).build());
        for (String client : clients) {
            Set<String> expected = new HashSet<>(chosen(client, before));
            if (expected.remove("id5")) {
                expected.add("reborn");
            }
            assertThat(chosen(client, after)).isEqualTo(expected);
        }
    }

    /** As even as independent choices can be: binomial, so 20 of 300 for each of 100 clients is 6.7 +- 2.5 clients an instance. */
    @Test
    void spreadsClientsLikeIndependentChance() {
        Map<String, Integer> load = load(cluster(300));
        double mean = clients.size() * SIZE / 300.0;
        double variance = load.values().stream()
                .mapToDouble(it -> (it - mean) * (it - mean))
                .average()
                .orElseThrow();
        double max = Collections.max(load.values());
        assertThat(Math.sqrt(variance)).isBetween(2.0, 3.0);
        assertThat(max / mean).isLessThan(2.5);
        assertThat(Collections.min(load.values())).isPositive();
    }

    /** What an algorithm that looks at load makes of it: each client moves calls from busier to less busy instances of its subset. */
    @Test
    void leavesTheLoadEvenWhereTheAlgorithmFollowsLoad() {
        List<ServiceInstance> cluster = cluster(300);
        List<List<String>> subsets = clients.stream()
                .map(client -> List.copyOf(chosen(client, cluster)))
                .toList();
        double mean = clients.size() / 300.0;
        List<Map<String, Double>> shares = new ArrayList<>();
        subsets.forEach(subset -> {
            Map<String, Double> share = new HashMap<>();
            subset.forEach(id -> share.put(id, 1.0 / SIZE));
            shares.add(share);
        });
        for (int round = 0; round < 200; round++) {
            Map<String, Double> load = new HashMap<>();
            shares.forEach(share -> share.forEach((id, part) -> load.merge(id, part, Double::sum)));
            for (Map<String, Double> share : shares) {
                share.replaceAll((id, part) -> part / Math.sqrt(load.get(id)));
                double sum = share.values().stream().mapToDouble(it -> it).sum();
                share.replaceAll((id, part) -> part / sum);
            }
        }
        Map<String, Double> load = new HashMap<>();
        shares.forEach(share -> share.forEach((id, part) -> load.merge(id, part, Double::sum)));
        assertThat(Collections.max(load.values()) / mean).isLessThan(1.1);
    }

    @Test
    void takesItsSizeFromEachGroupThatCallsMayGoTo() {
        List<ServiceInstance> zoned = IntStream.range(0, 300)
                .mapToObj(i -> instance(i).zone(i % 3 == 0 ? "a" : "b").build())
                .toList();
        Set<String> chosen = new Subset(SIZE, "me").of(zoned, IN_A);
        assertThat(zoned)
                .filteredOn(it -> chosen.contains(it.id()) && "a".equals(it.zone()))
                .hasSize(SIZE);
        assertThat(chosen).hasSize(2 * SIZE);
    }

    @Test
    void takesItsSizeForEachGrpcService() {
        List<ServiceInstance> mixed = IntStream.range(0, 300)
                .mapToObj(i -> instance(i)
                        .grpcServices(i < 10 ? Set.of("Old", "New") : Set.of("Old"))
                        .build())
                .toList();
        Set<String> chosen = chosen("me", mixed);
        assertThat(mixed)
                .filteredOn(it -> chosen.contains(it.id()) && it.offers("New"))
                .hasSize(10);
        assertThat(chosen).hasSizeBetween(SIZE, SIZE + 10);
    }

    @Test
    void takesDrainedInstancesOnlyWhereNoOthersAreLeft() {
        List<ServiceInstance> drained = IntStream.range(0, 300)
                .mapToObj(i -> instance(i).weight(i < 25 ? 100 : 0).build())
                .toList();
        assertThat(chosen("me", drained)).allMatch(id -> Integer.parseInt(id.substring(2)) < 25);
        assertThat(chosen("me", drained.subList(10, 300)))
                .hasSize(SIZE)
                .containsAll(IntStream.range(10, 25).mapToObj(i -> "id" + i).toList());
    }

    @Test
    void refusesANegativeSize() {
        assertThatThrownBy(() -> new Subset(-1, "me")).hasMessage("size: -1 (expected: 0 for all, or more)");
    }
}
