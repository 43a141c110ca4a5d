/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.grpc.ConnectivityState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ReconnectsTests {

    private static final Duration STEP = Duration.ofMillis(10);
    private static final ServiceInstance A = instance(1);
    private static final ServiceInstance B = instance(2);
    private static final ServiceInstance C = instance(3);

    private final VirtualTime time = new VirtualTime();
    private final EndpointRegistry registry = new EndpointRegistry("orders", time::nanoTime);
    private final Random random = new Random(7);
    private final FakeChannel channel = new FakeChannel(
            new BalancerContext(
                    "orders",
                    new Algorithms(() -> random, List.of()).named("round-robin"),
                    BalancingPolicy.DEFAULTS,
                    registry,
                    time::nanoTime,
                    time::instant,
                    () -> random),
            time);

    /** Instances that nobody can reach now. */
    private final Set<String> down = new HashSet<>();

    private final Map<FakeSubchannel, Integer> answered = new HashMap<>();
    private final Map<String, List<Double>> tries = new HashMap<>();

    private static ServiceInstance instance(int port) {
        return ServiceInstance.builder("orders", "i" + port, "10.0.0.1", port).build();
    }

    private static ServiceInstance[] instances(int number) {
        return IntStream.rangeClosed(1, number)
                .mapToObj(ReconnectsTests::instance)
                .toArray(ServiceInstance[]::new);
    }

    /** Answers what tries to connect until the time is over. */
    private void pass(Duration duration) {
        for (long left = duration.dividedBy(STEP); left >= 0; left--) {
            for (FakeSubchannel subchannel : List.copyOf(channel.subchannels)) {
                answer(subchannel);
            }
            if (left > 0) {
                time.advance(STEP);
            }
        }
    }

    private void answer(FakeSubchannel subchannel) {
        int requests = subchannel.connectionRequests;
        if (subchannel.shutdown || requests == answered.getOrDefault(subchannel, 0)) {
            return;
        }
        answered.put(subchannel, requests);
        tries.computeIfAbsent(subchannel.id(), id -> new ArrayList<>()).add(seconds());
        subchannel.becomes(ConnectivityState.CONNECTING);
        if (down.contains(subchannel.id())) {
            subchannel.fails("refused");
        } else {
            subchannel.becomes(ConnectivityState.READY);
        }
    }

    private void passUntilTried(ServiceInstance instance) {
        int before = tries.get(instance.id()).size();
        while (tries.get(instance.id()).size() == before) {
            pass(STEP);
        }
    }

    private double seconds() {
        return time.nanoTime() / 1e9;
    }

    private void lose(ServiceInstance... instances) {
        for (ServiceInstance instance : instances) {
            down.add(instance.id());
            channel.to(instance).becomes(ConnectivityState.IDLE);
        }
    }

    /** The seconds between the tries since a point in time. */
    private List<Double> gaps(ServiceInstance instance, double since) {
        List<Double> times =
                tries.get(instance.id()).stream().filter(at -> at >= since).toList();
        return IntStream.range(1, times.size())
                .mapToObj(i -> times.get(i) - times.get(i - 1))
                .toList();
    }

    private int ready() {
        return registry.readyInstances();
    }

    @Test
    void whileNoneStandsEachIsTriedAboutOnceASecond() {
        channel.resolve(A, B, C);
        pass(Duration.ofSeconds(1));
        assertThat(ready()).isEqualTo(3);
        lose(A, B, C);
        double since = seconds();
        pass(Duration.ofSeconds(60));
        for (ServiceInstance instance : List.of(A, B, C)) {
            assertThat(gaps(instance, since))
                    .hasSizeBetween(40, 60)
                    .allSatisfy(gap -> assertThat(gap).isBetween(1.0, 1.52));
        }
        assertThat(tries.get(A.id())).isNotEqualTo(tries.get(B.id()));
    }

    @Test
    void whenAllAreBackAllAreConnectedWithinOneAndAHalfSeconds() {
        channel.resolve(A, B, C);
        pass(Duration.ofSeconds(1));
        lose(A, B, C);
        pass(Duration.ofSeconds(30));
        assertThat(ready()).isZero();
        down.clear();
        pass(Duration.ofMillis(1_520));
        assertThat(ready()).isEqualTo(3);
        assertThat(channel.state).isEqualTo(ConnectivityState.READY);
    }

    @Test
    void aLongOutageIsTriedLessOften() {
        down.add(A.id());
        channel.resolve(A);
        pass(Duration.ofMinutes(5));
        double since = seconds();
        pass(Duration.ofMinutes(1));
        assertThat(gaps(A, since)).allSatisfy(gap -> assertThat(gap).isBetween(3.0, 5.5));
        pass(Duration.ofMinutes(30));
        since = seconds();
        pass(Duration.ofMinutes(5));
        assertThat(gaps(A, since))
                .hasSizeGreaterThan(15)
                .allSatisfy(gap -> assertThat(gap).isBetween(10.0, 15.02));
    }

    @Test
    void thereIsNoHurryWhileOthersStand() {
        down.add(A.id());
        channel.resolve(A, B);
        pass(Duration.ofMinutes(2));
        List<Double> gaps = gaps(A, 0);
        // The first failed before the other was connected, so for a moment none stood.
        assertThat(gaps.get(0)).isBetween(1.0, 1.52);
        double pause = 1;
        for (double gap : gaps.subList(1, gaps.size())) {
            assertThat(gap).isBetween(pause, pause * 1.5 + 0.02);
            pause = Math.min(10, pause * 1.6);
        }
        assertThat(pause).isEqualTo(10);
    }

    @Test
    void whatWaitedWhileOthersStoodIsTriedSoonWhenTheyAreLost() {
        down.add(A.id());
        channel.resolve(A, B);
        pass(Duration.ofMinutes(2));
        passUntilTried(A); // the next try is ten seconds away from now on
        lose(B);
        down.remove(A.id());
        pass(Duration.ofMillis(1_520));
        assertThat(ready()).isEqualTo(1);
    }

    @Test
    void soItIsWhenTheRegistryTakesTheOthersAway() {
        down.add(A.id());
        channel.resolve(A, B);
        pass(Duration.ofMinutes(2));
        passUntilTried(A);
        channel.resolve(A);
        down.clear();
        pass(Duration.ofMillis(1_520));
        assertThat(ready()).isEqualTo(1);
    }

    @Test
    void aThousandAreTriedAtMostAHundredTimesASecond() {
        ServiceInstance[] all = instances(1_000);
        for (ServiceInstance instance : all) {
            down.add(instance.id());
        }
        channel.resolve(all);
        pass(Duration.ofSeconds(1));
        double since = seconds();
        pass(Duration.ofSeconds(60));
        long count = tries.values().stream()
                .flatMap(List::stream)
                .filter(at -> at >= since)
                .count();
        assertThat(count / 60.0).isCloseTo(80, Percentage.withPercentage(25));
    }

    @Test
    void whoeverWaitsForTheChannelDoesNotShortenIt() {
        down.add(A.id());
        channel.resolve(A);
        pass(STEP);
        for (int i = 0; i < 10; i++) {
            channel.context.execute(channel.balancer::requestConnection);
        }
        pass(Duration.ofMillis(900));
        assertThat(tries.get(A.id())).hasSize(1);
    }

    @Test
    void nothingIsTriedOfWhatLeftOrRests() {
        down.addAll(Set.of(A.id(), B.id()));
        channel.resolve(A, B);
        pass(STEP);
        channel.resolve(B);
        int before = tries.get(A.id()).size();
        pass(Duration.ofSeconds(5));
        assertThat(tries.get(A.id())).hasSize(before);
        channel.idle();
        assertThat(time.scheduled()).isZero();
    }
}
