/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.provider.RpcProviderState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProviderLifecycleTests {

    private final RecordingBackend backend = new RecordingBackend(true, Duration.ofSeconds(1));
    private final InstanceGuard guard = new InstanceGuard();
    private final List<String> steps = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private long now;
    private ProviderLifecycle lifecycle = lifecycle(true);

    private ProviderLifecycle lifecycle(boolean register) {
        return new ProviderLifecycle(
                new ProviderSettings("greeter", "zone-a", "1.2", 50, Map.of("tier", "gold"), register),
                new AddressPolicy(null, null, null, true),
                Directories.of(backend),
                guard,
                new DrainBudget(Duration.ofSeconds(2)),
                () -> steps.add(
                        "not serving, registered " + backend.registered().size()),
                new Surroundings(
                        () -> Instant.ofEpochSecond(0, now),
                        () -> now,
                        duration -> {
                            steps.add(
                                    "pause, registered " + backend.registered().size());
                            pauses.add(duration);
                            pass(duration);
                        },
                        new Random(1)));
    }

    private void pass(Duration duration) {
        now += duration.toNanos();
    }

    @Test
    void announcesOnceStartedAndAccepting() {
        lifecycle.serverStarted(new FakeServer(7001, "shop.Orders", "grpc.shop.Bills", "grpc.health.v1.Health"));
        assertThat(backend.registered()).isEmpty();
        assertThat(lifecycle.states()).extracting(RpcProviderState::phase).containsExactly(Phase.STARTING);
        pass(Duration.ofSeconds(3));
        lifecycle.accepting(true);
        lifecycle.accepting(true);
        assertThat(backend.events()).containsExactly("+7001");
        ServiceInstance instance = backend.registered().get(0);
        assertThat(instance.service()).isEqualTo("greeter");
        assertThat(instance.id()).matches("greeter-[0-9a-v]{16}");
        assertThat(instance.address()).isEqualTo("127.0.0.1:7001");
        assertThat(instance.zone()).isEqualTo("zone-a");
        assertThat(instance.version()).isEqualTo("1.2");
        assertThat(instance.weight()).isEqualTo(50);
        assertThat(instance.tags()).containsExactly(Map.entry("tier", "gold"));
        assertThat(instance.grpcServices()).containsExactlyInAnyOrder("shop.Orders", "grpc.shop.Bills");
        assertThat(instance.startTime()).isEqualTo(Instant.ofEpochSecond(3));
        RpcProviderState state = lifecycle.states().get(0);
        assertThat(state.phase()).isEqualTo(Phase.ANNOUNCED);
        assertThat(state.registered()).isTrue();
        assertThat(state.since()).isEqualTo(Instant.ofEpochSecond(3));
        assertThat(state.instance()).isEqualTo(instance);
        assertThat(state.backends()).containsExactly("recording");
        assertThat(state.addressReason()).contains("on this machine");
    }

    @Test
    void announcesAtOnceWhenReadinessCameFirst() {
        lifecycle.accepting(true);
        lifecycle.serverStarted(new FakeServer(7001));
        assertThat(backend.events()).containsExactly("+7001");
    }

    @Test
    void eachPortIsAnInstanceOfItsOwn() {
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.serverStarted(new FakeServer(7002));
        lifecycle.accepting(true);
        assertThat(backend.registered())
                .extracting(ServiceInstance::id)
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @Test
    void withdrawsWhileTrafficIsRefusedAndComesBackAsTheSameInstance() {
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.accepting(true);
        ServiceInstance before = backend.registered().get(0);
        lifecycle.accepting(false);
        assertThat(backend.registered()).isEmpty();
        assertThat(lifecycle.states()).extracting(RpcProviderState::phase).containsExactly(Phase.REFUSING);
        pass(Duration.ofMinutes(1));
        lifecycle.accepting(true);
        assertThat(backend.registered()).containsExactly(before);
        assertThat(pauses).isEmpty();
    }

    @Test
    void announcesWhenNothingIsWaitedForAnyMore() {
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.waitFor(List.of("cache", "schema"));
        assertThat(lifecycle.states().get(0).heldBackBy()).containsExactly("readinessState", "cache", "schema");
        lifecycle.accepting(true);
        lifecycle.waitFor(List.of("schema"));
        assertThat(backend.events()).isEmpty();
        assertThat(lifecycle.states().get(0).phase()).isEqualTo(Phase.STARTING);
        assertThat(lifecycle.states().get(0).heldBackBy()).containsExactly("schema");
        lifecycle.waitFor(List.of());
        assertThat(backend.events()).containsExactly("+7001");
        assertThat(lifecycle.states().get(0).heldBackBy()).isEmpty();
    }

    @Test
    void readinessBeforeTrafficIsAcceptedAnnouncesNothing() {
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.waitFor(List.of("cache"));
        lifecycle.waitFor(List.of());
        assertThat(backend.events()).isEmpty();
        assertThat(lifecycle.states().get(0).heldBackBy()).containsExactly("readinessState");
    }

    @Test
    void withdrawsWhileSomethingIsNotReadyAndComesBackAsTheSameInstance() {
        lifecycle.accepting(true);
        lifecycle.serverStarted(new FakeServer(7001));
        ServiceInstance before = backend.registered().get(0);
        lifecycle.waitFor(List.of("cache"));
        lifecycle.serverStarted(new FakeServer(7002));
        assertThat(backend.events()).containsExactly("+7001", "-7001");
        assertThat(lifecycle.states())
                .extracting(RpcProviderState::phase)
                .containsExactly(Phase.REFUSING, Phase.STARTING);
        assertThat(lifecycle.states())
                .allSatisfy(state -> assertThat(state.heldBackBy()).containsExactly("cache"));
        lifecycle.waitFor(List.of());
        assertThat(backend.registered()).hasSize(2).contains(before);
    }

    @Test
    void readinessThatReturnsDoesNotEndADrain() {
        lifecycle.accepting(true);
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.waitFor(List.of("cache"));
        lifecycle.drain();
        lifecycle.waitFor(List.of());
        assertThat(backend.events()).containsExactly("+7001", "-7001");
        assertThat(lifecycle.states().get(0).heldBackBy()).isEmpty();
    }

    @Test
    void restartedServerIsANewInstance() {
        lifecycle.accepting(true);
        FakeServer first = new FakeServer(7001);
        lifecycle.serverStarted(first);
        String id = backend.registered().get(0).id();
        lifecycle.serverStopping(first);
        assertThat(pauses).containsExactly(Duration.ofSeconds(2));
        lifecycle.serverStopped(first);
        assertThat(lifecycle.states()).isEmpty();
        pass(Duration.ofSeconds(5));
        lifecycle.serverStarted(new FakeServer(7002));
        assertThat(backend.events()).containsExactly("+7001", "-7001", "+7002");
        assertThat(backend.registered().get(0).id()).isNotEqualTo(id);
        assertThat(backend.registered().get(0).startTime()).isEqualTo(Instant.ofEpochSecond(7));
    }

    @Test
    void drainsInOrderAndOnce() {
        FakeServer server = new FakeServer(7001);
        lifecycle.serverStarted(server);
        lifecycle.accepting(true);
        lifecycle.drain();
        assertThat(steps).containsExactly("not serving, registered 0", "pause, registered 0");
        assertThat(lifecycle.states()).extracting(RpcProviderState::draining).containsExactly(true);
        lifecycle.drain();
        lifecycle.serverStopping(server);
        lifecycle.serverStopped(server);
        assertThat(pauses).containsExactly(Duration.ofSeconds(2));
        assertThat(backend.events()).containsExactly("+7001", "-7001");
    }

    @Test
    void readinessThatReturnsDoesNotStopDraining() {
        FakeServer server = new FakeServer(7001);
        lifecycle.serverStarted(server);
        lifecycle.accepting(true);
        lifecycle.serverStopping(server);
        lifecycle.accepting(false);
        lifecycle.accepting(true);
        lifecycle.drain();
        lifecycle.accepting(false);
        lifecycle.accepting(true);
        assertThat(backend.events()).containsExactly("+7001", "-7001");
        assertThat(lifecycle.states()).extracting(RpcProviderState::phase).containsExactly(Phase.DRAINING);
    }

    @Test
    void noticeTimeCountsFromTheWithdrawal() {
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.accepting(true);
        lifecycle.accepting(false);
        pass(Duration.ofMillis(500));
        lifecycle.drain();
        assertThat(pauses).containsExactly(Duration.ofMillis(1500));
    }

    @Test
    void whoWasNeverAnnouncedLeavesAtOnce() {
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.drain();
        assertThat(steps).containsExactly("not serving, registered 0");
    }

    @Test
    void isNotAnnouncedUnlessItShallBe() {
        lifecycle = lifecycle(false);
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.accepting(true);
        lifecycle.accepting(false);
        assertThat(backend.events()).isEmpty();
        assertThat(lifecycle.states()).extracting(RpcProviderState::phase).containsExactly(Phase.UNANNOUNCED);
    }

    @Test
    void updatesWhatIsAnnounced() {
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.accepting(true);
        lifecycle.update(instance -> instance.toBuilder().weight(0).build());
        assertThat(backend.events()).containsExactly("+7001", "~7001");
        assertThat(backend.registered().get(0).weight()).isZero();
        lifecycle.accepting(false);
        lifecycle.update(instance -> instance.toBuilder().weight(7).build());
        lifecycle.accepting(true);
        assertThat(backend.registered().get(0).weight()).isEqualTo(7);
    }

    @Test
    void updateMustKeepTheIdentity() {
        lifecycle.serverStarted(new FakeServer(7001));
        lifecycle.accepting(true);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        lifecycle.update(instance -> ServiceInstance.builder("other", instance.id(), "127.0.0.1", 7001)
                                .build()))
                .withMessageContaining("expected: service, id, host and port stay");
        assertThat(backend.events()).containsExactly("+7001");
    }

    @Test
    void registrysOwnIdIsTheServersToo() {
        backend.assign("pod:greeter-1:u1");
        lifecycle.accepting(true);
        FakeServer first = new FakeServer(7001);
        lifecycle.serverStarted(first);
        lifecycle.serverStarted(new FakeServer(7002));
        // Nobody can tell two servers of one process apart by it.
        assertThat(idOf(0)).isEqualTo("pod:greeter-1:u1");
        assertThat(idOf(1)).startsWith("greeter-");
        lifecycle.serverStopped(first);
        lifecycle.serverStarted(new FakeServer(7003));
        assertThat(idOf(1)).isEqualTo("pod:greeter-1:u1");
    }

    private String idOf(int server) {
        return lifecycle.states().get(server).instance().id();
    }

    @Test
    void idsAreAsciiWhateverTheName() {
        lifecycle = new ProviderLifecycle(
                new ProviderSettings("grüßer", null, null, 100, Map.of(), true),
                new AddressPolicy(null, null, null, true),
                Directories.of(backend),
                guard,
                new DrainBudget(Duration.ZERO),
                () -> {},
                new Surroundings(Instant::now, () -> now, duration -> {}, new Random()));
        lifecycle.accepting(true);
        lifecycle.serverStarted(new FakeServer(7001));
        assertThat(backend.registered().get(0).id()).startsWith("instance-");
    }
}
