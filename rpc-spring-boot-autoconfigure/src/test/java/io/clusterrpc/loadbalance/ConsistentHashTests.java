/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Attempt;
import io.clusterrpc.HashKey;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.clusterrpc.testproto.GreeterGrpc;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConsistentHashTests extends LoadBalancingAlgorithmContractTests {

    private static final Metadata.Key<String> TENANT = Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> SHARD = Metadata.Key.of("x-shard-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final EndpointRegistry endpoints = new EndpointRegistry("orders");

    @Override
    LoadBalancingAlgorithm algorithm(Supplier<RandomGenerator> random) {
        return new Algorithms(random, List.of()).named("consistent-hash");
    }

    @Override
    PickSubchannelArgs call(int number) {
        return keyed("key-" + number);
    }

    private static FakeCall keyed(String key) {
        return new FakeCall(
                CallOptions.DEFAULT.withOption(HashKey.KEY, HashKey.of(key)), GreeterGrpc.getSayHelloMethod());
    }

    private LoadBalancingAlgorithm with(HashPolicy policy) {
        Random random = new Random(1);
        return algorithm(() -> random)
                .forReference(BalancerContext.of(
                        "orders", algorithm(() -> random), BalancingPolicy.DEFAULTS.withHash(policy), endpoints));
    }

    private static HashPolicy header(String name) {
        return new HashPolicy(HashKeySource.parse("header." + name), HashScheme.SLOTS, 160, false, 1.25);
    }

    private List<Candidate> candidates(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> candidate("i" + i, 100, 1))
                .toList();
    }

    private static int[] owners(Selector selector, int keys) {
        return IntStream.range(0, keys)
                .map(i -> selector.select(keyed("key-" + i)))
                .toArray();
    }

    @Test
    void theSameKeyGoesToTheSameInstanceInEveryProcess() {
        for (int i = 0; i < 3; i++) {
            assertThat(owners(algorithm().selector(candidates(5)), 12))
                    .containsExactly(4, 0, 2, 3, 1, 3, 4, 1, 4, 0, 3, 4);
        }
    }

    @Test
    void theOrderOfTheCandidatesDoesNotMatter() {
        List<Candidate> candidates = new ArrayList<>(candidates(7));
        int[] owners = owners(algorithm().selector(candidates), 1_000);
        List<Candidate> reversed = new ArrayList<>(candidates);
        Collections.reverse(reversed);
        int[] other = owners(algorithm().selector(reversed), 1_000);
        assertThat(Arrays.stream(other).map(i -> 6 - i))
                .containsExactly(Arrays.stream(owners).boxed().toArray(Integer[]::new));
    }

    @Test
    void whoComesSecondForAKeyIsWhoGetsItWhenTheFirstLeaves() {
        for (HashScheme scheme : HashScheme.values()) {
            LoadBalancingAlgorithm algorithm = with(new HashPolicy(null, scheme, 160, false, 1.25));
            List<Candidate> all = candidates(6);
            Selector selector = algorithm.selector(all);
            for (int first = 0; first < all.size(); first++) {
                List<Candidate> others = new ArrayList<>(all);
                others.remove(first);
                Selector without = algorithm.selector(others);
                for (int key = 0; key < 200; key++) {
                    FakeCall call = keyed("key-" + key);
                    if (selector.select(call) == first) {
                        Attempt second = new Attempt(2, Set.of("i" + first));
                        assertThat(all.get(selector.select(FakeCall.like(call, second))))
                                .isSameAs(others.get(without.select(call)));
                    }
                }
            }
        }
    }

    @Test
    void whoComesBackAtItsAddressGetsItsKeysBack() {
        List<Candidate> before = candidates(4);
        List<Candidate> after = new ArrayList<>(before);
        after.set(2, at("restarted", "i2"));
        assertThat(owners(algorithm().selector(after), 1_000))
                .containsExactly(owners(algorithm().selector(before), 1_000));
    }

    @Test
    void twoRecordsOfOneAddressAreOneUntilTheCallTriedThat() {
        Selector selector = algorithm().selector(List.of(at("old", "a"), at("new", "a")));
        FakeCall call = keyed("k");
        int first = selector.select(call);
        String id = first == 0 ? "old" : "new";
        assertThat(selector.select(FakeCall.like(call, new Attempt(2, Set.of(id)))))
                .isEqualTo(1 - first);
    }

    @Test
    void readsAHeader() {
        Selector selector = with(header("x-tenant")).selector(candidates(50));
        FakeCall call = new FakeCall();
        call.getHeaders().put(TENANT, "key-1");
        assertThat(selector.select(call)).isEqualTo(selector.select(keyed("key-1")));
        FakeCall given = keyed("key-2");
        given.getHeaders().put(TENANT, "key-1");
        assertThat(selector.select(given)).as("the option wins").isEqualTo(selector.select(keyed("key-2")));
        assertThat(endpoints.hashFigures().keyless()).isZero();
    }

    @Test
    void readsABinaryHeader() {
        Selector selector = with(header("x-shard-bin")).selector(candidates(50));
        FakeCall call = new FakeCall();
        call.getHeaders().put(SHARD, new byte[] {'k', 'e', 'y', '-', '1'});
        assertThat(selector.select(call)).isEqualTo(selector.select(keyed("key-1")));
    }

    @Test
    void aCallWithoutAKeyGoesAnywhereAndIsCounted() {
        Selector selector = with(header("x-tenant")).selector(candidates(3));
        FakeCall empty = new FakeCall();
        empty.getHeaders().put(TENANT, "");
        int[] chosen = new int[3];
        for (int i = 0; i < 300; i++) {
            chosen[selector.select(i % 2 == 0 ? new FakeCall() : empty)]++;
        }
        assertThat(chosen).doesNotContain(0);
        assertThat(endpoints.hashFigures().keyless()).isEqualTo(300);
    }

    @Test
    void ignoresWarmUp() {
        assertThat(algorithm().weightFactors()).containsExactly(WeightFactor.STATIC);
    }

    @Test
    void boundsTheLoadOfAHotKey() {
        Selector selector =
                with(new HashPolicy(null, HashScheme.SLOTS, 160, true, 1.25)).selector(candidates(4));
        // Loads are live: counted by the records behind the candidates.
        List<Candidate> loaded = candidates(4);
        Selector bounded =
                with(new HashPolicy(null, HashScheme.SLOTS, 160, true, 1.25)).selector(loaded);
        int[] inFlight = new int[4];
        for (int i = 0; i < 400; i++) {
            int chosen = bounded.select(keyed("hot"));
            inFlight[chosen]++;
            ((ReadyEndpoint) loaded.get(chosen)).known().statistics().opened(0);
        }
        assertThat(Arrays.stream(inFlight).max().orElseThrow()).isLessThanOrEqualTo(125);
        assertThat(endpoints.hashFigures().spilled()).isGreaterThan(200);
        assertThat(IntStream.range(0, 100)
                        .map(i -> selector.select(keyed("hot")))
                        .distinct())
                .as("without load the key stays")
                .hasSize(1);
    }

    @Test
    void aBoundedCallAvoidsWhatItTried() {
        List<Candidate> candidates = candidates(3);
        Selector selector =
                with(new HashPolicy(null, HashScheme.RING, 160, true, 1.25)).selector(candidates);
        FakeCall call = keyed("k");
        int first = selector.select(call);
        int second = selector.select(FakeCall.like(call, new Attempt(2, Set.of("i" + first))));
        assertThat(second).isNotEqualTo(first);
        for (int i = 0; i < 10; i++) {
            ((ReadyEndpoint) candidates.get(second)).known().statistics().opened(0);
        }
        assertThat(selector.select(FakeCall.like(call, new Attempt(2, Set.of("i" + first)))))
                .isEqualTo(3 - first - second);
        assertThat(selector.select(FakeCall.like(call, new Attempt(3, Set.of("i0", "i1", "i2")))))
                .as("all tried")
                .isBetween(0, 2);
    }

    private static Candidate at(String id, String host) {
        ServiceInstance instance =
                ServiceInstance.builder("orders", id, host, 1).build();
        return new ReadyEndpoint(
                instance, true, false, 100, new EndpointRecord(instance, true, 0), PickResult.withNoResult());
    }
}
