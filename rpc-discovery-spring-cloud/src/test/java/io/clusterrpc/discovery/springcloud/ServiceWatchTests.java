/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryProperties;

/** When nothing is something. */
class ServiceWatchTests implements DiscoveryBackend.Listener {

    private static final org.springframework.cloud.client.ServiceInstance ONE =
            Clients.instance("a", Map.of("gRPC_port", "9090"));

    private final List<Integer> told = new ArrayList<>();
    private final List<DiscoveryException> problems = new ArrayList<>();
    private final ServiceWatch watch = new ServiceWatch("orders", this, SpringCloudDiscoveryTests.FAST, () -> false);

    @Override
    public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
        assertThat(left).isEmpty();
        told.add(instances.size());
    }

    @Override
    public void onError(DiscoveryException problem) {
        problems.add(problem);
    }

    /** As {@link Poll} does it. */
    private void answer(DiscoveryClient... clients) {
        try {
            watch.read(ServiceWatch.Answer.ask(new RegistryClients(List.of(clients)), "orders"));
        } catch (DiscoveryException problem) {
            watch.failed(problem);
        }
    }

    private static DiscoveryClient listing(org.springframework.cloud.client.ServiceInstance... instances) {
        return Clients.answering(name -> List.of(instances));
    }

    private static DiscoveryClient blind() {
        return Clients.answering(name -> List.of(), List.of());
    }

    @Test
    void suddenEmptinessIsToldAsVanished() {
        answer(listing(ONE));
        answer(listing());
        answer(listing());
        assertThat(told).containsExactly(1, 0);
        assertThat(problems).isEmpty();
    }

    @Test
    void clientThatSeesNothingAtAllIsNotBelieved() {
        answer(listing(ONE));
        answer(blind());
        answer(blind());
        assertThat(told).containsExactly(1);
        assertThat(problems)
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem)
                        .hasMessageContaining("spring-cloud")
                        .hasMessageContaining("Some Client")
                        .hasMessageContaining("orders"));
    }

    @Test
    void oneOfSeveralClientsThatSeesNothingMakesNothingDoubtful() {
        answer(listing(), blind());
        assertThat(told).isEmpty();
        assertThat(problems).hasSize(1);
        answer(listing(ONE), blind());
        assertThat(told).containsExactly(1);
    }

    @Test
    void propertiesMayListNothing() {
        answer(new SimpleDiscoveryClient(new SimpleDiscoveryProperties()));
        assertThat(told).containsExactly(0);
    }

    @Test
    void emptinessAfterAFailureIsBelievedTheSecondTime() {
        answer(listing(ONE));
        watch.failed(new DiscoveryException("down", null));
        answer(listing());
        assertThat(told).containsExactly(1);
        assertThat(problems).hasSize(2);
        answer(listing());
        assertThat(told).containsExactly(1, 0);
    }

    @Test
    void everyFailureRenewsTheDoubt() {
        answer(listing(ONE));
        watch.failed(new DiscoveryException("down", null));
        answer(listing());
        watch.failed(new DiscoveryException("down", null));
        answer(listing());
        assertThat(told).containsExactly(1);
        answer(listing());
        assertThat(told).containsExactly(1, 0);
    }

    @Test
    void sameListAfterAFailureIsNews() {
        answer(listing(ONE));
        answer(listing(ONE));
        watch.failed(new DiscoveryException("down", null));
        answer(listing(ONE));
        assertThat(told).containsExactly(1, 1);
    }

    @Test
    void oneClientThatFailsMakesTheWholeAnswerFail() {
        RegistryClients clients = new RegistryClients(List.of(listing(ONE), Clients.answering(name -> {
            throw new IllegalStateException("refused");
        })));
        assertThatThrownBy(() -> ServiceWatch.Answer.ask(clients, "orders")).hasMessage("refused");
    }

    @Test
    void allClientsAreReadTogether() {
        answer(listing(ONE), listing(Clients.instance("b", Map.of("gRPC_port", "9091"))));
        assertThat(told).containsExactly(2);
    }
}
