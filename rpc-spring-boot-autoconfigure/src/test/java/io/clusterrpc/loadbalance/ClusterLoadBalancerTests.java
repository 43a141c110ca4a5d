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
import io.clusterrpc.testproto.FarewellGrpc;
import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterLoadBalancerTests {

    private static final ServiceInstance A = instance("a", 1).build();
    private static final ServiceInstance B = instance("b", 2).build();
    private static final ServiceInstance C = instance("c", 3).build();

    private final VirtualTime time = new VirtualTime();
    private final EndpointRegistry registry = new EndpointRegistry("orders", time::nanoTime);
    private final FakeChannel channel = channel("round-robin");

    private static ServiceInstance.Builder instance(String id, int port) {
        return ServiceInstance.builder("orders", id, "10.0.0.1", port);
    }

    private FakeChannel channel(String algorithm) {
        return channel(new Algorithms(() -> new Random(1), List.of()).named(algorithm));
    }

    private FakeChannel channel(LoadBalancingAlgorithm algorithm) {
        BalancerContext context = new BalancerContext(
                "orders",
                algorithm,
                BalancingPolicy.DEFAULTS,
                registry,
                time::nanoTime,
                time::instant,
                () -> new Random(1));
        return new FakeChannel(context, time);
    }

    private EndpointView view(ServiceInstance instance) {
        return registry.view().stream()
                .filter(view -> view.instance().id().equals(instance.id()))
                .findFirst()
                .orElseThrow();
    }

    // What gets a connection

    @Test
    void connectsToEveryInstanceAndSharesCallsAmongTheConnected() {
        channel.resolve(A, B, C);
        assertThat(channel.subchannels).hasSize(3).allMatch(subchannel -> subchannel.connectionRequests == 1);
        assertThat(channel.state).isEqualTo(ConnectivityState.CONNECTING);

        channel.connect(A, B);
        assertThat(channel.state).isEqualTo(ConnectivityState.READY);
        assertThat(channel.spread(100)).containsOnlyKeys("a", "b").containsEntry("a", 50);
    }

    @Test
    void leavesThePickerAtOnceWhenTheConnectionEndsAndConnectsAgain() {
        channel.resolve(A, B).connect(A, B);
        channel.to(A).becomes(ConnectivityState.IDLE);
        assertThat(channel.spread(10)).containsOnlyKeys("b");
        assertThat(channel.to(A).connectionRequests).isEqualTo(2);
        assertThat(channel.refreshes).isEqualTo(1);
        channel.connect(A);
        assertThat(channel.spread(10)).containsOnlyKeys("a", "b");
    }

    @Test
    void changesNothingButTheOneInstanceThatChanged() {
        List<ServiceInstance> all = IntStream.rangeClosed(1, 1_000)
                .mapToObj(i -> instance("i" + i, i).build())
                .toList();
        channel.resolve(all.toArray(ServiceInstance[]::new)).connect(all.toArray(ServiceInstance[]::new));
        assertThat(channel.subchannels).hasSize(1_000);
        List<String> events = new ArrayList<>();
        registry.listen(recorder(events));

        List<ServiceInstance> changed = new ArrayList<>(all);
        changed.set(500, all.get(500).toBuilder().weight(7).build());
        channel.resolve(changed.toArray(ServiceInstance[]::new));
        assertThat(channel.subchannels).hasSize(1_000).allMatch(it -> it.connectionRequests == 1 && !it.shutdown);
        assertThat(view(changed.get(500)).instance().weight()).isEqualTo(7);
        assertThat(events).isEmpty();

        changed.remove(10);
        changed.add(instance("new", 2_000).build());
        channel.resolve(changed.toArray(ServiceInstance[]::new));
        assertThat(channel.subchannels)
                .hasSize(1_001)
                .filteredOn(it -> it.shutdown)
                .hasSize(1);
        assertThat(events).containsExactly("added new", "removed i11");
    }

    @Test
    void makesFewPickersOfManyChangesInALargeCluster() {
        ServiceInstance[] all = IntStream.rangeClosed(1, 1_000)
                .mapToObj(i -> instance("i" + i, i).build())
                .toArray(ServiceInstance[]::new);
        channel.resolve(all).connect(all);
        time.advance(Duration.ofMillis(10));
        assertThat(channel.spread(2_000)).hasSize(1_000);
        time.advance(Duration.ofSeconds(1));

        int before = channel.pickers;
        channel.to(all[0]).becomes(ConnectivityState.IDLE);
        assertThat(channel.pickers).as("the first change at once").isEqualTo(before + 1);
        for (int i = 1; i < 100; i++) {
            channel.to(all[i]).becomes(ConnectivityState.IDLE);
        }
        assertThat(channel.pickers).isEqualTo(before + 1);
        time.advance(Duration.ofMillis(10));
        assertThat(channel.pickers).isEqualTo(before + 2);
        assertThat(channel.spread(2_000)).hasSize(900);
    }

    @Test
    void replacesAnInstanceThatMoved() {
        channel.resolve(A, B).connect(A, B);
        FakeSubchannel before = channel.to(A);
        ServiceInstance moved = instance("a", 99).build();
        channel.resolve(moved, B);
        assertThat(before.shutdown).isTrue();
        assertThat(channel.spread(10)).containsOnlyKeys("b");
        channel.connect(moved);
        assertThat(channel.spread(10)).containsOnlyKeys("a", "b");
        before.becomes(ConnectivityState.IDLE); // too late to matter
        assertThat(channel.spread(10)).containsOnlyKeys("a", "b");
    }

    @Test
    void connectsAtOnceToAnInstanceInBackoffThatIsAnnouncedAnew() {
        channel.resolve(A, B).connect(B);
        FakeSubchannel before = channel.to(A);
        before.fails("refused");
        channel.resolve(A, B);
        assertThat(channel.to(A)).isSameAs(before); // nothing new

        channel.resolve(A.toBuilder().weight(7).build(), B);
        assertThat(before.shutdown).isTrue();
        assertThat(channel.to(A)).isNotSameAs(before);
        assertThat(channel.to(A).connectionRequests).isEqualTo(1);
        assertThat(channel.subchannels).hasSize(3);
        before.fails("too late to matter");
        channel.connect(A);
        assertThat(channel.spread(10)).containsOnlyKeys("a", "b");
    }

    @Test
    void leavesTheBackoffToAnInstanceThatIsNotListed() {
        channel.resolve(A, B).connect(B);
        channel.to(A).fails("refused");
        channel.resolve(List.of(FakeChannel.unlisted(A.toBuilder().weight(7).build()), FakeChannel.listed(B)));
        assertThat(channel.subchannels).hasSize(2);
    }

    @Test
    void connectsAtOnceToAnInstanceThatIsListedAgainWhileItsConnectionFails() {
        channel.resolve(A, B).connect(A, B);
        channel.resolve(List.of(FakeChannel.unlisted(A), FakeChannel.listed(B)));
        channel.to(A).fails("refused");
        channel.resolve(A, B);
        assertThat(channel.subchannels).hasSize(3);
        assertThat(channel.to(A).connectionRequests).isEqualTo(1);
    }

    @Test
    void keepsTheConnectionToANameWhoseAddressesAreRotated() {
        channel.resolve(List.of(named(A, 1, 2))).connect(A);
        channel.resolve(List.of(named(A, 2, 1)));
        assertThat(channel.subchannels).hasSize(1).noneMatch(it -> it.shutdown);
        channel.resolve(List.of(named(A, 2, 3)));
        assertThat(channel.subchannels).hasSize(2);
    }

    private static EquivalentAddressGroup named(ServiceInstance instance, int... hosts) {
        List<SocketAddress> addresses = IntStream.of(hosts)
                .<SocketAddress>mapToObj(host -> InetSocketAddress.createUnresolved("10.0.0." + host, instance.port()))
                .toList();
        return new EquivalentAddressGroup(
                addresses,
                Attributes.newBuilder().set(ServiceInstance.ATTRIBUTE, instance).build());
    }

    @Test
    void takesOverNewMetadataWithoutReconnecting() {
        FakeChannel weighted = channel("weighted-round-robin");
        weighted.resolve(A, B).connect(A, B);
        weighted.resolve(A, B.toBuilder().weight(300).build());
        assertThat(weighted.subchannels).hasSize(2).allMatch(it -> it.connectionRequests == 1);
        assertThat(weighted.spread(400)).containsEntry("a", 100).containsEntry("b", 300);
    }

    @Test
    void picksNoRemovedInstanceAndLetsItsCallsEnd() {
        channel.resolve(A, B).connect(A, B);
        channel.resolve(B);
        assertThat(channel.spread(10)).containsOnlyKeys("b");
        assertThat(channel.to(A).shutdown).isTrue();
        assertThat(registry.view()).hasSize(1);
    }

    @Test
    void keepsTheFirstOfTwoInstancesWithOneId() {
        channel.resolve(A, instance("a", 99).build());
        assertThat(channel.subchannels).hasSize(1);
    }

    @Test
    void makesOnePickerOfManyChanges() {
        channel.resolve(A, B, C).connect(A);
        int before = channel.pickers;
        channel.context.execute(() -> channel.connect(B, C));
        assertThat(channel.pickers).isEqualTo(before + 1);
        assertThat(channel.spread(30)).hasSize(3);
    }

    @Test
    void callsGetThroughWhenListenersHearThatTheFirstInstanceIsConnected() {
        channel.resolve(A, B);
        List<String> heard = new ArrayList<>();
        registry.listen(new EndpointListener() {
            @Override
            public void stateChanged(
                    String reference, ServiceInstance instance, EndpointState state, @Nullable String reason) {
                if (state == EndpointState.READY) {
                    heard.add(instance.id() + " picked " + channel.picked(new FakeCall()) + ", ready "
                            + registry.view().stream()
                                    .filter(view -> view.state() == EndpointState.READY)
                                    .count());
                }
            }
        });
        channel.context.execute(() -> channel.connect(A, B));
        assertThat(heard).hasSize(2).first().isEqualTo("a picked a, ready 1");
    }

    @Test
    void keepsThePickerWhileNothingChangesForCalls() {
        channel.resolve(A, B).connect(A);
        channel.to(B).fails("refused");
        int before = channel.pickers;
        channel.to(B).becomes(ConnectivityState.CONNECTING);
        channel.to(B).fails("refused");
        channel.resolve(A, B);
        assertThat(channel.pickers).isEqualTo(before);
    }

    // What waits and what fails

    @Test
    void callsWaitWhileOneInstanceIsConnectedForTheFirstTime() {
        channel.resolve(A, B);
        channel.to(A).fails("refused");
        channel.to(B).becomes(ConnectivityState.CONNECTING);
        assertThat(channel.state).isEqualTo(ConnectivityState.CONNECTING);
        assertThat(channel.pick().hasResult()).isFalse();
    }

    @Test
    void callsFailAtOnceWhenEveryInstanceFailedAndKeepFailingDuringFurtherTries() {
        channel.resolve(A, B);
        channel.to(A).fails("Connection refused: 10.0.0.1:1");
        channel.to(B).fails("no route to host");
        assertThat(channel.state).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
        Status status = channel.pick().getStatus();
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription())
                .isEqualTo("orders: none of 2 known instances can be reached: a at 10.0.0.1:1: Connection refused:"
                        + " 10.0.0.1:1; b at 10.0.0.1:2: no route to host");

        channel.to(A).becomes(ConnectivityState.CONNECTING);
        assertThat(channel.pick().getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        channel.to(A).becomes(ConnectivityState.READY);
        assertThat(channel.spread(2)).containsOnlyKeys("a");
    }

    @Test
    void callsWaitForTheFirstReconnectAfterALostConnection() {
        channel.resolve(A).connect(A);
        channel.to(A).becomes(ConnectivityState.IDLE);
        assertThat(channel.pick().hasResult()).isFalse();
        channel.to(A).becomes(ConnectivityState.CONNECTING);
        assertThat(channel.pick().hasResult()).isFalse();
        channel.to(A).fails("refused");
        assertThat(channel.pick().getStatus().isOk()).isFalse();
    }

    @Test
    void theErrorStaysShortWithManyInstancesAndLongReasons() {
        List<ServiceInstance> all = IntStream.rangeClosed(1, 500)
                .mapToObj(i -> instance("i" + i, i).build())
                .toList();
        channel.resolve(all.toArray(ServiceInstance[]::new));
        all.forEach(instance -> channel.to(instance).fails("x".repeat(10_000)));
        time.advance(Duration.ofMillis(100));
        assertThat(channel.pick().getStatus().getDescription())
                .contains("none of 500", "and 497 more")
                .hasSizeLessThan(1000);
    }

    @Test
    void theErrorSaysInOneLineWhatIsAtTheBottomOfIt() {
        channel.resolve(A);
        channel.to(A)
                .fails(Status.UNAVAILABLE
                        .withDescription("io exception\nChannel Pipeline: [SslHandler#0, ...]")
                        .withCause(new IllegalStateException(
                                "General OpenSslEngine problem",
                                new IllegalStateException(
                                        "PKIX path building failed: no certification path",
                                        new IllegalStateException("no certification path\nat all")))));
        assertThat(channel.pick().getStatus().getDescription())
                .isEqualTo("orders: none of 1 known instances can be reached: a at 10.0.0.1:1: io exception"
                        + " (General OpenSslEngine problem: PKIX path building failed: no certification path)");
    }

    @Test
    void anEmptyListDropsAllAndFailsWithTheResolversText() {
        channel.resolve(A, B).connect(A, B);
        channel.resolve();
        assertThat(channel.subchannels).allMatch(it -> it.shutdown);
        assertThat(channel.pick().getStatus().getDescription()).isEqualTo("orders: asked local, nobody there");
        assertThat(registry.view()).isEmpty();
    }

    @Test
    void anErrorOfTheResolverIsNotAnEmptyList() {
        channel.resolutionFails("registry down");
        assertThat(channel.pick().getStatus().getDescription())
                .isEqualTo("orders: instances cannot be looked up: registry down");
        channel.resolve(A).connect(A);
        assertThat(view(A).state()).isEqualTo(EndpointState.READY);
        channel.resolutionFails("registry down");
        assertThat(channel.spread(3)).containsOnlyKeys("a");
        channel.resolve();
        channel.resolutionFails("registry down");
        assertThat(channel.pick().getStatus().getDescription()).contains("cannot be looked up: registry down");
    }

    // Stages

    @Test
    void anUnlistedInstanceIsKeptButNotPickedWhileHalfOfTheClusterIsListedAndConnected() {
        channel.resolve(A, B, C).connect(A, B, C);
        channel.resolve(List.of(FakeChannel.listed(A), FakeChannel.listed(B), FakeChannel.unlisted(C)));
        assertThat(channel.to(C).shutdown).isFalse();
        assertThat(channel.spread(10)).containsOnlyKeys("a", "b");
        assertThat(view(C).unusedBecause()).contains("does not list");
        assertThat(view(C).listed()).isFalse();
    }

    @Test
    void unlistedInstancesArePickedWhenLessThanHalfOfTheClusterIsListedAndConnected() {
        channel.resolve(A, B, C).connect(A, B, C);
        channel.resolve(List.of(FakeChannel.listed(A), FakeChannel.unlisted(B), FakeChannel.unlisted(C)));
        assertThat(channel.spread(30)).containsOnlyKeys("a", "b", "c");
        assertThat(view(C).unusedBecause()).isNull();

        channel.to(A).becomes(ConnectivityState.IDLE);
        assertThat(channel.spread(30)).containsOnlyKeys("b", "c");
    }

    @Test
    void anUnlistedInstanceIsDroppedWhenItsConnectionEndsAndNeverConnectedAnew() {
        channel.resolve(A, B).connect(A, B);
        channel.resolve(List.of(FakeChannel.listed(A), FakeChannel.unlisted(B)));
        channel.to(B).becomes(ConnectivityState.IDLE);
        assertThat(channel.to(B).shutdown).isTrue();
        assertThat(channel.to(B).connectionRequests).isEqualTo(1);
        channel.resolve(List.of(FakeChannel.listed(A), FakeChannel.unlisted(B), FakeChannel.unlisted(C)));
        assertThat(channel.subchannels).hasSize(2);
        channel.resolve(A, B);
        assertThat(channel.subchannels).hasSize(3);
    }

    @Test
    void anUnlistedInstanceThatIsNotConnectedIsDropped() {
        channel.resolve(A, B).connect(A);
        channel.resolve(List.of(FakeChannel.listed(A), FakeChannel.unlisted(B)));
        assertThat(channel.to(B).shutdown).isTrue();
    }

    @Test
    void picksOnlyInstancesThatOfferTheGrpcService() {
        ServiceInstance old =
                A.toBuilder().grpcServices(Set.of("rpctest.Greeter")).build();
        ServiceInstance young = B.toBuilder()
                .grpcServices(Set.of("rpctest.Greeter", "rpctest.Farewell"))
                .build();
        channel.resolve(old, young).connect(old, young);
        assertThat(channel.spread(10)).containsOnlyKeys("a", "b");
        for (int i = 0; i < 10; i++) {
            assertThat(channel.picked(new FakeCall(FarewellGrpc.getSayByeMethod())))
                    .isEqualTo("b");
        }
    }

    @Test
    void failsWithTheNameOfAGrpcServiceThatNobodyOffersUnlessSomebodyIsStillBeingConnected() {
        ServiceInstance old =
                A.toBuilder().grpcServices(Set.of("rpctest.Greeter")).build();
        ServiceInstance young =
                B.toBuilder().grpcServices(Set.of("rpctest.Farewell")).build();
        channel.resolve(old, young).connect(old);
        FakeCall call = new FakeCall(FarewellGrpc.getSayByeMethod());
        assertThat(channel.picker.pickSubchannel(call).hasResult()).isFalse();

        channel.resolve(old);
        Status status = channel.picker.pickSubchannel(call).getStatus();
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription())
                .isEqualTo("orders: none of 1 connected instances offers the gRPC service rpctest.Farewell"
                        + " (expected one of: rpctest.Greeter)");
    }

    @Test
    void picksAnotherInstanceAtTheNextAttemptAndAnyWhenAllWereTried() {
        channel.resolve(A, B, C).connect(A, B, C);
        for (int i = 0; i < 20; i++) {
            assertThat(channel.picked(FakeCall.havingTried("a", "c"))).isEqualTo("b");
        }
        assertThat(channel.picked(FakeCall.havingTried("a", "b", "c"))).isIn("a", "b", "c");
    }

    @Test
    void tellsTheAttemptThatItsStreamsAreKnown() {
        Attempt waiting = new Attempt(1, Set.of());
        channel.resolve(A);
        channel.picked(new FakeCall(waiting));
        assertThat(waiting.unsent()).isTrue();
        Attempt picked = new Attempt(1, Set.of());
        channel.connect(A);
        channel.picked(new FakeCall(picked));
        assertThat(picked.unsent()).isTrue();
    }

    @Test
    void anInstanceWithWeightZeroGetsNoCallsUnlessAllHaveWeightZero() {
        ServiceInstance drained = B.toBuilder().weight(0).build();
        channel.resolve(A, drained).connect(A, drained);
        assertThat(channel.spread(10)).containsOnlyKeys("a");
        assertThat(view(drained).unusedBecause()).isEqualTo("drained: its weight is 0");

        channel.resolve(A.toBuilder().weight(0).build(), drained);
        assertThat(channel.spread(10)).containsEntry("a", 5).containsEntry("b", 5);
        assertThat(view(drained).unusedBecause()).isNull();
    }

    @Test
    void anAlgorithmThatFailsCostsNoCall() {
        List<LoadBalancingAlgorithm.Selector> wrong = List.of(
                call -> {
                    throw new IllegalStateException("broken");
                },
                call -> -1,
                call -> 99);
        for (LoadBalancingAlgorithm.Selector selector : wrong) {
            FakeChannel broken = channel(algorithm(candidates -> selector));
            broken.resolve(A, B).connect(A, B);
            assertThat(broken.spread(10)).containsEntry("a", 5).containsEntry("b", 5);
        }
        FakeChannel broken = channel(algorithm(candidates -> {
            throw new IllegalStateException("broken");
        }));
        broken.resolve(A, B).connect(A, B);
        assertThat(broken.spread(10)).containsEntry("a", 5);
    }

    private static LoadBalancingAlgorithm algorithm(
            java.util.function.Function<List<? extends Candidate>, LoadBalancingAlgorithm.Selector> selectors) {
        return new LoadBalancingAlgorithm() {
            @Override
            public String name() {
                return "own";
            }

            @Override
            public Selector selector(List<? extends Candidate> candidates) {
                return selectors.apply(candidates);
            }
        };
    }

    // Warm-up

    @Test
    void theShareOfAYoungInstanceFollowsTheRamp() {
        ServiceInstance young = B.toBuilder().startTime(time.instant()).build();
        channel.resolve(A, young).connect(A, young);
        for (int second = 0; second <= 30; second += 3) {
            double ramp = 0.1 + 0.9 * second / 30;
            assertThat(view(young).warmth()).isEqualTo(Math.min(1, ramp), within(0.02));
            double share = channel.spread(1_000).get("b") / 1_000.0;
            assertThat(share).isBetween(ramp / (1 + ramp) - 0.02, ramp / (1 + ramp) + 0.02);
            time.advance(Duration.ofSeconds(3));
        }
        int before = channel.pickers;
        time.advance(Duration.ofMinutes(1));
        assertThat(channel.pickers).isEqualTo(before);
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void noTimerIsLeftWhenTheChannelEndsDuringAWarmUp() {
        ServiceInstance young = A.toBuilder().startTime(time.instant()).build();
        channel.resolve(young).connect(young);
        assertThat(time.scheduled()).isEqualTo(1);
        channel.idle();
        assertThat(time.scheduled()).isZero();
    }

    // Idle mode

    @Test
    void whatIsKnownOutlivesTheIdleModeOfTheChannel() {
        channel.resolve(A, B).connect(A, B);
        PickResult result = channel.pick();
        String picked = ((FakeSubchannel) result.getSubchannel()).id();
        Attempt attempt = new Attempt(1, Set.of());
        result.getStreamTracerFactory()
                .newClientStreamTracer(
                        io.grpc.ClientStreamTracer.StreamInfo.newBuilder()
                                .setCallOptions(new FakeCall(attempt).getCallOptions())
                                .build(),
                        new io.grpc.Metadata());
        List<String> events = new ArrayList<>();
        registry.listen(recorder(events));

        channel.idle();
        assertThat(registry.view()).allMatch(view -> view.state() == EndpointState.IDLE);
        assertThat(view(A).unusedBecause()).contains("idle");
        channel.resolve(A, C).connect(A, C);
        assertThat(events).contains("added c", "removed b").doesNotContain("added a", "removed a");
        if (picked.equals("a")) {
            assertThat(view(A).inFlight()).isEqualTo(1);
        }
        channel.resolve(A, B, C);
        assertThat(registry.view())
                .extracting(EndpointView::picks)
                .satisfies(all -> assertThat(
                                all.stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(1));
        attempt.close();
        assertThat(registry.view()).allMatch(view -> view.inFlight() == 0);
    }

    @Test
    void lateEventsOfAnEndedBalancerChangeNothing() {
        channel.resolve(A).connect(A);
        FakeSubchannel before = channel.to(A);
        channel.idle();
        int pickers = channel.pickers;
        before.becomes(ConnectivityState.IDLE);
        assertThat(channel.pickers).isEqualTo(pickers);
        assertThat(before.connectionRequests).isEqualTo(1);
    }

    private static EndpointListener recorder(List<String> events) {
        return new EndpointListener() {
            @Override
            public void added(String reference, ServiceInstance instance) {
                events.add("added " + instance.id());
            }

            @Override
            public void removed(String reference, ServiceInstance instance, String reason) {
                events.add("removed " + instance.id());
            }
        };
    }
}
