/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class EndpointRegistryTests {

    private static final ServiceInstance A =
            ServiceInstance.builder("orders", "a", "10.0.0.1", 1).build();
    private static final ServiceInstance B =
            ServiceInstance.builder("orders", "b", "10.0.0.1", 2).build();

    private final VirtualTime time = new VirtualTime();
    private final EndpointRegistry registry = new EndpointRegistry("orders", time::nanoTime);

    private void change(EndpointRecord endpoint, EndpointState state, @Nullable String reason) {
        endpoint.become(state, reason);
        registry.announce(endpoint, reason);
    }

    @Test
    void showsWhatIsKnownSortedById() {
        registry.join(B, true);
        EndpointRecord a = registry.join(A, false);
        a.statistics().opened(0);
        change(a, EndpointState.CONNECTING, "connecting");
        assertThat(registry.view())
                .containsExactly(
                        new EndpointView(
                                A, false, EndpointState.CONNECTING, "connecting", 1, 0, 1, 0, 0, 1, 0, null, null),
                        new EndpointView(B, true, EndpointState.IDLE, null, 0, 0, 0, 0, 0, 1, 0, null, null));
    }

    @Test
    void remembersAnInstanceThatLeftForAWhile() {
        registry.join(A, true).statistics().opened(0);
        registry.retain(Set.of());
        assertThat(registry.view()).isEmpty();
        time.advance(EndpointRegistry.REMEMBERED);
        assertThat(registry.join(A, true).statistics().picks()).isEqualTo(1);
    }

    @Test
    void forgetsAnInstanceThatLeftLongAgoUnlessItStillHasCalls() {
        registry.join(A, true).statistics().opened(0);
        EndpointRecord b = registry.join(B, true);
        b.statistics().opened(0);
        b.statistics().released();
        registry.retain(Set.of());
        time.advance(EndpointRegistry.REMEMBERED.plus(Duration.ofSeconds(1)));
        registry.retain(Set.of());
        assertThat(registry.join(A, true).statistics().picks()).isEqualTo(1);
        assertThat(registry.join(B, true).statistics().picks()).isZero();
    }

    @Test
    void remembersNoMoreThanAThousandAndForgetsTheOldestFirst() {
        for (int i = 0; i <= EndpointRegistry.MOST_REMEMBERED; i++) {
            registry.join(numbered(i), true).statistics().opened(0);
            registry.retain(Set.of());
        }
        assertThat(registry.join(numbered(0), true).statistics().picks()).isZero();
        assertThat(registry.join(numbered(1), true).statistics().picks()).isEqualTo(1);
    }

    private static ServiceInstance numbered(int number) {
        return ServiceInstance.builder("orders", "i" + number, "10.0.0.1", 1).build();
    }

    @Test
    void countsTheInstancesThatAreReady() {
        EndpointRecord a = registry.join(A, true);
        EndpointRecord b = registry.join(B, true);
        a.become(EndpointState.READY, null);
        a.become(EndpointState.READY, null);
        b.become(EndpointState.READY, null);
        assertThat(registry.readyInstances()).isEqualTo(2);
        b.become(EndpointState.IDLE, null);
        b.become(EndpointState.CONNECTING, null);
        assertThat(registry.readyInstances()).isEqualTo(1);
        registry.leave("a", "gone");
        assertThat(registry.readyInstances()).isZero();
        registry.join(A, true);
        assertThat(registry.readyInstances()).isZero();
    }

    @Test
    void recoversOnceWhenTwoInstancesComeUpBeforeAnyoneHearsOfIt() {
        List<String> events = new ArrayList<>();
        registry.listen(new EndpointListener() {
            @Override
            public void recovered(String reference) {
                events.add(reference);
            }
        });
        EndpointRecord a = registry.join(A, true);
        EndpointRecord b = registry.join(B, true);
        a.become(EndpointState.READY, null);
        b.become(EndpointState.READY, null);
        registry.announce(a, null);
        registry.announce(b, null);
        assertThat(events).containsExactly("orders");
        change(b, EndpointState.IDLE, null);
        change(b, EndpointState.READY, null);
        registry.announce(a, null);
        assertThat(events).hasSize(1);
        change(a, EndpointState.IDLE, null);
        registry.leave("b", "gone");
        change(a, EndpointState.READY, null);
        assertThat(events).hasSize(2);
    }

    @Test
    void aListenerThatThrowsKeepsNobodyElseFromHearing(CapturedOutput output) {
        List<String> events = new ArrayList<>();
        registry.listen(new EndpointListener() {
            @Override
            public void added(String reference, ServiceInstance instance) {
                throw new IllegalStateException("broken listener");
            }

            @Override
            public void removed(String reference, ServiceInstance instance, String reason) {
                throw new NoClassDefFoundError("library of the listener");
            }
        });
        Subscription subscription = registry.listen(new EndpointListener() {
            @Override
            public void added(String reference, ServiceInstance instance) {
                events.add(reference + " added " + instance.id());
            }

            @Override
            public void removed(String reference, ServiceInstance instance, String reason) {
                events.add(reference + " removed " + instance.id() + " " + reason);
            }

            @Override
            public void stateChanged(
                    String reference, ServiceInstance instance, EndpointState state, @Nullable String reason) {
                events.add(reference + " " + instance.id() + " " + state + " " + reason);
            }
        });
        EndpointRecord a = registry.join(A, true);
        change(a, EndpointState.READY, null);
        registry.leave("a", "gone");
        registry.leave("a", "gone");
        subscription.close();
        registry.join(A, true);
        assertThat(events).containsExactly("orders added a", "orders a READY null", "orders removed a gone");
        assertThat(output).contains("broken listener");
    }

    @Test
    void logsEachTransitionOnce(CapturedOutput output) {
        EndpointRecord a = registry.join(A, true);
        registry.join(A, true);
        change(a, EndpointState.CONNECTING, "connecting");
        change(a, EndpointState.TRANSIENT_FAILURE, "no route");
        change(a, EndpointState.READY, null);
        for (int i = 0; i < 3; i++) {
            change(a, EndpointState.IDLE, "connection ended");
            change(a, EndpointState.CONNECTING, "connecting");
            change(a, EndpointState.TRANSIENT_FAILURE, "refused");
        }
        change(a, EndpointState.READY, null);
        registry.leave("a", "not in the cluster any more");
        assertThat(output.getOut().lines().filter(line -> line.contains("INFO")))
                .extracting(line -> line.substring(line.indexOf("orders: ")))
                .containsExactly(
                        "orders: instance a at 10.0.0.1:1 joined",
                        "orders: instance a at 10.0.0.1:1 cannot be reached: no route",
                        "orders: instance a at 10.0.0.1:1 connected",
                        "orders: instance a at 10.0.0.1:1 lost: refused",
                        "orders: instance a at 10.0.0.1:1 connected",
                        "orders: instance a at 10.0.0.1:1 left: not in the cluster any more");
    }
}
