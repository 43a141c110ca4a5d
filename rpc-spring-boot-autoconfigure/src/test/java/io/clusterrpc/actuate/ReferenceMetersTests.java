/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.EndpointState;
import io.clusterrpc.loadbalance.EndpointView;
import io.clusterrpc.loadbalance.ZoneFigures;
import io.clusterrpc.loadbalance.ejection.EjectionReason;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReferenceMetersTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Map<String, EndpointView> views = new TreeMap<>();
    private final Map<String, EndpointView> remembered = new TreeMap<>();
    private final EndpointRegistry endpoints = mock(EndpointRegistry.class);
    private final ReferenceMeters meters = new ReferenceMeters(registry, 2);

    @BeforeEach
    void listen() {
        when(endpoints.view()).thenAnswer(invocation -> List.copyOf(views.values()));
        when(endpoints.view(any())).thenAnswer(invocation -> remembered.get(invocation.<String>getArgument(0)));
        meters.listening("greeter", endpoints);
    }

    @Test
    void showsThatThereIsNoInstance() {
        assertThat(instances("ready")).isZero();
        assertThat(instances("transient_failure")).isZero();
    }

    @Test
    void countsPicksByZone() {
        ZoneFigures zones = new ZoneFigures();
        when(endpoints.zoneFigures()).thenReturn(zones);
        zones.picked(true);
        zones.picked(true);
        zones.picked(false);
        assertThat(registry.get("rpc.zone.picks")
                        .tags("reference", "greeter", "zone", "own")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("rpc.zone.picks")
                        .tags("reference", "greeter", "zone", "other")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void countsInstancesByStateAndCallsInFlight() {
        view("a", 9001, EndpointState.READY, 0, 3);
        view("b", 9002, EndpointState.READY, 0, 4);
        view("c", 9003, EndpointState.CONNECTING, 0, 0);

        assertThat(instances("ready")).isEqualTo(2);
        assertThat(instances("connecting")).isEqualTo(1);
        assertThat(registry.get("rpc.calls.active")
                        .tag("reference", "greeter")
                        .gauge()
                        .value())
                .isEqualTo(7);
    }

    @Test
    void countsEjectionsAndProbes() {
        EjectionView ejection =
                new EjectionView(EjectionReason.SILENCE, "nothing came back", Instant.EPOCH, Instant.EPOCH, 1);
        views.put(
                "a",
                new EndpointView(
                        instance("a", 9001), true, EndpointState.READY, "", 0, 0, 0, 0, 0, 1, 0, ejection, null));
        view("b", 9002, EndpointState.READY, 0, 0);
        assertThat(ejections("latency")).isZero();

        meters.ejected("greeter", instance("a", 9001), ejection);
        meters.probed("greeter", instance("a", 9001), false);

        assertThat(ejections("silence")).isEqualTo(1);
        assertThat(registry.get("rpc.instances.ejected").gauge().value()).isEqualTo(1);
        assertThat(registry.get("rpc.probes").tag("alive", "false").counter().count())
                .isEqualTo(1);
    }

    private double ejections(String reason) {
        return registry.get("rpc.ejections").tag("reason", reason).counter().count();
    }

    @Test
    void countsPicksOfAnInstanceUntilItLeaves() {
        join("a", 9001);
        picked("a", 9001, 5);

        assertThat(picks("127.0.0.1:9001")).isEqualTo(5);

        leave("a", 9001);
        assertThat(registry.find("rpc.picks").meters()).isEmpty();
    }

    @Test
    void countsInstancesBeyondTheLimitTogetherAndNeverBackwards() {
        join("a", 9001);
        join("b", 9002);
        join("c", 9003);
        join("d", 9004);
        picked("c", 9003, 3);
        picked("d", 9004, 4);

        assertThat(registry.find("rpc.picks").meters()).hasSize(3);
        assertThat(picks("other")).isEqualTo(7);

        leave("c", 9003);
        assertThat(picks("other")).isEqualTo(7);

        picked("c", 9003, 3); // comes back with the figures of its first life
        join("c", 9003);
        picked("c", 9003, 5);
        assertThat(picks("other")).isEqualTo(9);

        leave("c", 9003);
        leave("d", 9004);
        assertThat(registry.find("rpc.picks").tag("peer", "other").meters()).isEmpty();
    }

    @Test
    void countsTheLastPicksOfAnInstanceThatLeavesUnread() {
        join("old", 9001);
        join("new", 9001);
        picked("old", 9001, 5);
        picked("new", 9001, 2);

        leave("old", 9001);

        assertThat(picks("127.0.0.1:9001")).isEqualTo(7);
    }

    @Test
    void aReaderNeverSeesLessWhileAnInstanceLeaves() throws Exception {
        join("old", 9001);
        join("new", 9001);
        picked("old", 9001, 5);
        CompletableFuture<Double> read = new CompletableFuture<>();
        Thread leaving = Thread.currentThread();
        when(endpoints.view("old")).thenAnswer(invocation -> {
            if (Thread.currentThread() == leaving) {
                read.completeAsync(() -> picks("127.0.0.1:9001"));
                await(read); // as long as a reader could need to look at the half-made change
            }
            return remembered.get("old");
        });

        leave("old", 9001);

        assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(5);
    }

    private static void await(CompletableFuture<?> read) throws Exception {
        try {
            read.get(200, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // The reader has to wait for the change, as it should.
        }
    }

    @Test
    void aSuccessorAtTheSameAddressContinuesTheCounter() {
        join("old", 9001);
        picked("old", 9001, 5);
        join("new", 9001);
        picked("new", 9001, 2);

        assertThat(picks("127.0.0.1:9001")).isEqualTo(7);

        leave("old", 9001);
        assertThat(picks("127.0.0.1:9001")).isEqualTo(7);
    }

    @Test
    void staysBoundedWhateverComesAndGoes() {
        for (int i = 0; i < 1000; i++) {
            join("i" + i, 10_000 + i);
            if (i >= 10) {
                leave("i" + (i - 10), 10_000 + i - 10);
            }
            assertThat(registry.find("rpc.picks").meters()).hasSizeLessThanOrEqualTo(3);
        }
    }

    private double instances(String state) {
        return registry.get("rpc.instances")
                .tags("reference", "greeter", "state", state)
                .gauge()
                .value();
    }

    private double picks(String peer) {
        return registry.get("rpc.picks")
                .tags("reference", "greeter", "peer", peer)
                .functionCounter()
                .count();
    }

    private void join(String id, int port) {
        if (!views.containsKey(id)) {
            view(id, port, EndpointState.READY, 0, 0);
        }
        meters.added("greeter", instance(id, port));
    }

    private void picked(String id, int port, long picks) {
        view(id, port, EndpointState.READY, picks, 0);
    }

    private void leave(String id, int port) {
        views.remove(id);
        meters.removed("greeter", instance(id, port), "gone");
    }

    private void view(String id, int port, EndpointState state, long picks, int inFlight) {
        EndpointView view = new EndpointView(
                instance(id, port), true, state, null, inFlight, 0, picks, picks, 0, 1, 100, null, null);
        views.put(id, view);
        remembered.put(id, view);
    }

    private static ServiceInstance instance(String id, int port) {
        return ServiceInstance.builder("greeter", id, "127.0.0.1", port).build();
    }
}
