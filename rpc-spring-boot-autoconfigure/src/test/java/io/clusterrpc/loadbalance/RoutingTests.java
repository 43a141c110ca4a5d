/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.clusterrpc.loadbalance.route.Canary;
import io.clusterrpc.loadbalance.route.InstanceMatch;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.Subset;
import io.clusterrpc.loadbalance.route.ZoneRule;
import io.grpc.ConnectivityState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Zones, tags, canaries and subsets, seen from the channel. */
class RoutingTests {

    private static final int PICKS = 20_000;
    private static final InstanceMatch V2 = new InstanceMatch(Map.of("version", "v2"));

    private final VirtualTime time = new VirtualTime();
    private final EndpointRegistry registry = new EndpointRegistry("orders", time::nanoTime);
    private final Random random = new Random(7);

    private static ServiceInstance instance(String id, int port, String zone) {
        return ServiceInstance.builder("orders", id, "10.0.0.1", port)
                .zone(zone)
                .build();
    }

    private static ServiceInstance version(String id, int port, String version) {
        return ServiceInstance.builder("orders", id, "10.0.0.1", port)
                .version(version)
                .build();
    }

    private static final ServiceInstance A1 = instance("a1", 1, "a");
    private static final ServiceInstance A2 = instance("a2", 2, "a");
    private static final ServiceInstance B1 = instance("b1", 3, "b");
    private static final ServiceInstance B2 = instance("b2", 4, "b");
    private static final ServiceInstance OLD1 = version("old1", 5, "v1");
    private static final ServiceInstance OLD2 = version("old2", 6, "v1");
    private static final ServiceInstance NEW1 = version("new1", 7, "v2");

    private FakeChannel channel(BalancingPolicy policy) {
        return new FakeChannel(
                new BalancerContext(
                        "orders",
                        new Algorithms(() -> random, List.of()).named("round-robin"),
                        policy,
                        registry,
                        time::nanoTime,
                        time::instant,
                        () -> random),
                time);
    }

    private FakeChannel channel(RoutePolicy route) {
        return channel(BalancingPolicy.DEFAULTS.withRoute(route));
    }

    private static RoutePolicy zone(ZoneRule rule) {
        return new RoutePolicy("a", rule, InstanceMatch.ANY, false, null);
    }

    private static RoutePolicy tags(boolean strict, @Nullable Canary canary) {
        return new RoutePolicy(null, ZoneRule.PREFER, canary == null ? V2 : InstanceMatch.ANY, strict, canary);
    }

    private static double share(FakeChannel channel, String... ids) {
        Map<String, Integer> spread = channel.spread(PICKS);
        int sum = 0;
        for (String id : ids) {
            sum += spread.getOrDefault(id, 0);
        }
        return sum / (double) PICKS;
    }

    private @Nullable String unused(ServiceInstance instance) {
        EndpointView view = registry.view(instance.id());
        return view == null ? "unknown" : view.unusedBecause();
    }

    // Zone

    @Test
    void staysInTheOwnZone() {
        FakeChannel channel = channel(zone(ZoneRule.PREFER));
        channel.resolve(A1, A2, B1, B2).connect(A1, A2, B1, B2);
        assertThat(channel.spread(100)).containsOnlyKeys("a1", "a2").containsEntry("a1", 50);
        assertThat(unused(B1)).startsWith("in another zone than a");
        assertThat(unused(A1)).isNull();
    }

    @Test
    void spillsOverAsMuchAsTheZoneIsShortOf() {
        FakeChannel channel = channel(zone(ZoneRule.PREFER));
        channel.resolve(A1, A2, B1, B2).connect(A1, A2, B1, B2);
        channel.to(A2).fails("gone");
        assertThat(share(channel, "a1")).isCloseTo(0.7, within(0.01));
        assertThat(share(channel, "b1")).isCloseTo(0.15, within(0.01));
        assertThat(unused(B1)).isNull();
        channel.to(A1).fails("gone");
        assertThat(share(channel, "b1", "b2")).isEqualTo(1);
        channel.connect(A1, A2);
        assertThat(channel.spread(100)).containsOnlyKeys("a1", "a2");
        assertThat(unused(B1)).startsWith("in another zone");
    }

    @Test
    void spillsOverFromAZoneThatIsSmallerThanOthers() {
        FakeChannel channel = channel(zone(ZoneRule.PREFER));
        ServiceInstance b3 = instance("b3", 8, "b");
        channel.resolve(A1, B1, B2, b3).connect(A1, B1, B2, b3);
        assertThat(share(channel, "a1")).isCloseTo(1.4 * 0.5, within(0.01));
    }

    @Test
    void drainsAZone() {
        FakeChannel channel = channel(zone(ZoneRule.PREFER));
        ServiceInstance drained = A1.toBuilder().weight(0).build();
        channel.resolve(drained, B1, B2).connect(A1, B1, B2);
        assertThat(channel.spread(100)).containsOnlyKeys("b1", "b2");
        assertThat(unused(A1)).startsWith("drained");
    }

    @Test
    void keepsTheZoneWhereAllWeightsAreZero() {
        FakeChannel channel = channel(zone(ZoneRule.PREFER));
        List<ServiceInstance> drained = new ArrayList<>();
        for (ServiceInstance instance : List.of(A1, A2, B1, B2)) {
            drained.add(instance.toBuilder().weight(0).build());
        }
        channel.resolve(drained.toArray(ServiceInstance[]::new)).connect(A1, A2, B1, B2);
        assertThat(channel.spread(100)).containsOnlyKeys("a1", "a2");
    }

    @Test
    void triesTheOtherZoneBeforeAnInstanceForTheSecondTime() {
        FakeChannel channel = channel(zone(ZoneRule.PREFER));
        channel.resolve(A1, A2, B1).connect(A1, A2, B1);
        assertThat(channel.picked(FakeCall.havingTried("a1"))).isEqualTo("a2");
        assertThat(channel.picked(FakeCall.havingTried("a1", "a2"))).isEqualTo("b1");
        assertThat(channel.picked(FakeCall.havingTried("a1", "a2", "b1"))).isIn("a1", "a2");
    }

    @Test
    void neverLeavesAStrictZone() {
        FakeChannel channel = channel(zone(ZoneRule.STRICT));
        channel.resolve(A1, B1).connect(B1);
        assertThat(channel.pick().getStatus().isOk()).as("waits for a1").isTrue();
        assertThat(channel.pick().getSubchannel()).isNull();
        channel.to(A1).fails("gone");
        assertThat(channel.pick().getStatus().getDescription())
                .contains("in zone a")
                .contains("rpc.references.orders.route");
        assertThat(unused(B1)).contains("route.zone is strict");
        channel.connect(A1);
        assertThat(channel.spread(10)).containsOnlyKeys("a1");
        assertThat(channel.picked(FakeCall.havingTried("a1"))).isEqualTo("a1");
    }

    @Test
    void ignoresZonesOnRequest() {
        FakeChannel channel = channel(zone(ZoneRule.IGNORE));
        channel.resolve(A1, B1).connect(A1, B1);
        assertThat(channel.spread(10)).containsOnlyKeys("a1", "b1");
    }

    // Tags

    @Test
    void goesWhereTheTagsSay() {
        FakeChannel channel = channel(tags(false, null));
        channel.resolve(OLD1, OLD2, NEW1).connect(OLD1, OLD2, NEW1);
        assertThat(channel.spread(10)).containsOnlyKeys("new1");
        assertThat(unused(OLD1)).startsWith("does not match route.tags {version=v2}");
        assertThat(channel.picked(FakeCall.havingTried("new1"))).isIn("old1", "old2");
        channel.to(NEW1).fails("gone");
        assertThat(channel.spread(10)).containsOnlyKeys("old1", "old2");
        assertThat(unused(OLD1)).isNull();
    }

    @Test
    void failsRatherThanGoElsewhereWhereTagsAreStrict() {
        FakeChannel channel = channel(tags(true, null));
        channel.resolve(OLD1, NEW1).connect(OLD1, NEW1);
        assertThat(channel.spread(10)).containsOnlyKeys("new1");
        assertThat(channel.picked(FakeCall.havingTried("new1"))).isEqualTo("new1");
        channel.to(NEW1).fails("gone");
        assertThat(channel.pick().getStatus().getDescription()).contains("with tags {version=v2}");
    }

    // Canary

    @Test
    void givesCanariesTheirShareAndNoMore() {
        FakeChannel channel = channel(tags(false, new Canary(V2, 0.05)));
        channel.resolve(OLD1, OLD2, NEW1).connect(OLD1, OLD2, NEW1);
        assertThat(share(channel, "new1")).isCloseTo(0.05, within(0.005));
        channel.to(OLD1).fails("gone");
        assertThat(share(channel, "new1")).isCloseTo(0.05, within(0.005));
        assertThat(channel.picked(FakeCall.havingTried("old2"))).isEqualTo("new1");
    }

    @Test
    void givesTheCanariesShareToTheRestWhileThereAreNone() {
        FakeChannel channel = channel(tags(false, new Canary(V2, 0.05)));
        channel.resolve(OLD1, OLD2).connect(OLD1, OLD2);
        assertThat(channel.spread(100)).containsOnlyKeys("old1", "old2");
        channel.resolve(NEW1).connect(NEW1);
        assertThat(channel.spread(100)).containsOnlyKeys("new1");
    }

    @Test
    void closesACanaryThatGetsNothing() {
        FakeChannel channel = channel(tags(false, new Canary(V2, 0)));
        channel.resolve(OLD1, NEW1).connect(OLD1, NEW1);
        assertThat(channel.spread(100)).containsOnlyKeys("old1");
        assertThat(unused(NEW1)).isEqualTo("a canary, and route.canary.percent is 0");
    }

    @Test
    void prefersTheZoneAmongCanariesToo() {
        FakeChannel channel =
                channel(new RoutePolicy("a", ZoneRule.PREFER, InstanceMatch.ANY, false, new Canary(V2, 0.5)));
        ServiceInstance near = A1.toBuilder().version("v2").build();
        ServiceInstance far = B1.toBuilder().version("v2").build();
        channel.resolve(near, A2, far, B2).connect(A1, A2, B1, B2);
        assertThat(channel.spread(1_000)).containsOnlyKeys("a1", "a2");
        channel.to(A1).fails("gone");
        assertThat(share(channel, "b1")).isCloseTo(0.5, within(0.02));
        assertThat(share(channel, "a2")).isCloseTo(0.5, within(0.02));
    }

    // Subset

    @Test
    void connectsToNothingOutsideItsSubset() {
        FakeChannel channel = channel(BalancingPolicy.DEFAULTS.withSubset(new Subset(2, "me")));
        channel.resolve(A1, A2, B1, B2);
        assertThat(channel.subchannels).hasSize(2);
        String first = channel.subchannels.get(0).id();
        List<ServiceInstance> rest = new ArrayList<>(List.of(A1, A2, B1, B2));
        rest.removeIf(it -> it.id().equals(first));
        channel.resolve(rest.toArray(ServiceInstance[]::new));
        assertThat(channel.subchannels).hasSize(3).filteredOn(it -> it.shutdown).hasSize(1);
        channel.resolve(A1, A2, B1, B2);
        assertThat(registry.view()).hasSize(2);
        assertThat(channel.subchannels).filteredOn(it -> !it.shutdown).hasSize(2);
    }

    @Test
    void takesAllWhereTheSubsetIsLargerThanTheCluster() {
        FakeChannel channel = channel(BalancingPolicy.DEFAULTS.withSubset(new Subset(20, "me")));
        channel.resolve(A1, A2).connect(A1, A2);
        assertThat(channel.spread(10)).containsOnlyKeys("a1", "a2");
    }

    @Test
    void keepsAnUnlistedMemberOfTheSubsetOnlyWhileItIsConnected() {
        FakeChannel channel = channel(BalancingPolicy.DEFAULTS.withSubset(new Subset(1, "me")));
        channel.resolve(A1).connect(A1);
        channel.resolve(List.of(FakeChannel.unlisted(A1), FakeChannel.unlisted(B1)));
        assertThat(channel.subchannels).hasSize(1);
        assertThat(channel.spread(10)).containsOnlyKeys("a1");
        channel.to(A1).becomes(ConnectivityState.IDLE);
        assertThat(registry.view()).isEmpty();
    }
}
