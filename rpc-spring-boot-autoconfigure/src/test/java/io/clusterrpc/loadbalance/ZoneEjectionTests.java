/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.clusterrpc.loadbalance.route.InstanceMatch;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.ZoneRule;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The instances of the own zone are ejected one after the other, and come back so. */
class ZoneEjectionTests {

    private static final int PICKS = 20_000;

    private final VirtualTime time = new VirtualTime();
    private final EndpointRegistry registry = new EndpointRegistry("orders", time::nanoTime);
    private final Random random = new Random(7);
    private final List<ServiceInstance> own = instances("a", 4);
    private final List<ServiceInstance> others = instances("b", 4);
    private final FakeChannel channel = channel();

    private static List<ServiceInstance> instances(String zone, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> ServiceInstance.builder("orders", zone + i, "10.0.0.1", zone.charAt(0) * 100 + i)
                        .zone(zone)
                        .build())
                .toList();
    }

    private FakeChannel channel() {
        RoutePolicy route = new RoutePolicy("a", ZoneRule.PREFER, InstanceMatch.ANY, false, null);
        BalancerContext context = new BalancerContext(
                "orders",
                new Algorithms(() -> random, List.of()).named("round-robin"),
                BalancingPolicy.DEFAULTS.withRoute(route),
                registry,
                time::nanoTime,
                time::instant,
                () -> random);
        List<ServiceInstance> all = new ArrayList<>(own);
        all.addAll(others);
        ServiceInstance[] instances = all.toArray(ServiceInstance[]::new);
        return new FakeChannel(context, time).resolve(instances).connect(instances);
    }

    private void eject(ServiceInstance instance) {
        for (int i = 0; i < 5; i++) {
            ClientStreamTracer stream = channel.tracers(instance)
                    .newClientStreamTracer(
                            ClientStreamTracer.StreamInfo.newBuilder()
                                    .setCallOptions(
                                            CallOptions.DEFAULT.withOption(Attempt.KEY, new Attempt(1, Set.of())))
                                    .build(),
                            new Metadata());
            stream.outboundHeaders();
            stream.outboundMessage(0);
            stream.inboundTrailers(new Metadata());
            stream.streamClosed(Status.UNAVAILABLE);
        }
        assertThat(registry.view(instance.id()).ejection()).isNotNull();
    }

    private void bringBack(ServiceInstance instance) {
        for (int i = 0; i < 400 && !channel.to(instance).health.isAsked(); i++) {
            time.advance(Duration.ofMillis(100));
        }
        channel.to(instance).health.answers(ServingStatus.SERVING);
        assertThat(registry.view(instance.id()).ejection()).isNull();
    }

    private double ownShare() {
        Map<String, Integer> spread = channel.spread(PICKS);
        return own.stream().mapToInt(it -> spread.getOrDefault(it.id(), 0)).sum() / (double) PICKS;
    }

    @Test
    void theZoneSpillsOverAsItsInstancesAreEjectedAndKeepsItsCallsAsTheyReturn() {
        assertThat(ownShare()).isEqualTo(1);
        eject(own.get(0));
        assertThat(ownShare()).as("it is built 1.4 times as large as needed").isEqualTo(1);
        eject(own.get(1));
        assertThat(ownShare()).isCloseTo(0.7, within(0.02));
        eject(own.get(2));
        assertThat(ownShare()).isCloseTo(0.35, within(0.02));
        eject(own.get(3));
        assertThat(ownShare()).isZero();

        bringBack(own.get(0));
        assertThat(ownShare()).isCloseTo(0.35, within(0.02));
        bringBack(own.get(1));
        assertThat(ownShare()).isCloseTo(0.7, within(0.02));
        bringBack(own.get(2));
        bringBack(own.get(3));
        assertThat(ownShare()).isEqualTo(1);
    }

    @Test
    void picksAreCountedByZone() {
        channel.spread(100);
        assertThat(registry.zoneFigures().own()).isEqualTo(100);
        assertThat(registry.zoneFigures().other()).isZero();
        own.forEach(this::eject);
        long before = registry.zoneFigures().own();
        channel.spread(100);
        assertThat(registry.zoneFigures().own()).isEqualTo(before);
        assertThat(registry.zoneFigures().other()).isEqualTo(100);
        channel.picked(FakeCall.havingTried("b0"));
        assertThat(registry.zoneFigures().other()).isEqualTo(101);
    }
}
