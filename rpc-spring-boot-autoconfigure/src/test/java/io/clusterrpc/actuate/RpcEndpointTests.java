/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import io.clusterrpc.loadbalance.EndpointState;
import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.provider.RpcProviderState;
import io.clusterrpc.provider.RpcProviderState.Phase;
import io.grpc.ConnectivityState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class RpcEndpointTests {

    private final FakeCluster cluster = new FakeCluster();
    private final RpcEndpoint endpoint =
            new RpcEndpoint(null, cluster, null, InstantSource.fixed(FakeCluster.CONFIRMED.plusSeconds(20)));

    @Test
    void saysWhereAListComesFromAndHowOldItIs() {
        cluster.registryFails(Source.LAST_KNOWN, "consul at 127.0.0.1:8500 refuses connections");

        ReferenceDescriptor reference = describe();

        assertThat(reference.service()).isEqualTo("greeter-service");
        assertThat(reference.algorithm()).isEqualTo("round-robin");
        assertThat(reference.discovery())
                .isEqualTo(new ReferenceDescriptor.Discovery(
                        List.of("local"),
                        "last_known",
                        FakeCluster.CONFIRMED,
                        Duration.ofSeconds(20),
                        "consul at 127.0.0.1:8500 refuses connections"));
    }

    @Test
    void aLiveListHasNoAgeHoweverLongAgoItChanged() {
        assertThat(describe().discovery().source()).isEqualTo("live");
        assertThat(describe().discovery().age()).isNull();
        cluster.registryFails(Source.DISK, "consul refuses connections");
        assertThat(describe().discovery().age()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void showsFiguresOfEachInstanceAndWhyItIsNotUsed() {
        cluster.endpoint("a", EndpointState.READY, null)
                .endpoint("b", EndpointState.TRANSIENT_FAILURE, "connection refused: /127.0.0.1:9001");

        List<InstanceDescriptor> instances = describe().instances();

        assertThat(instances).extracting(InstanceDescriptor::id).containsExactly("a", "b");
        InstanceDescriptor used = instances.get(0);
        assertThat(used.unusedBecause()).isNull();
        assertThat(used.state()).isEqualTo("ready");
        assertThat(used.zone()).isEqualTo("north");
        assertThat(used.version()).isEqualTo("1.2");
        assertThat(used.weight()).isEqualTo(100);
        assertThat(used.effectiveWeight()).isEqualTo(100);
        assertThat(used.warmUpPercent()).isNull();
        assertThat(used.inFlight()).isEqualTo(2);
        assertThat(used.latencyMillis()).isEqualTo(1.5);
        assertThat(used.picks()).isEqualTo(10);
        assertThat(used.successes()).isEqualTo(7);
        assertThat(used.failures()).isEqualTo(1);
        assertThat(used.reportedLoad()).isEqualTo(new LoadDescriptor(0.6, 120, 0.25, 3, 40));
        assertThat(instances.get(1).unusedBecause()).contains("connection refused");
        assertThat(instances.get(1).state()).isEqualTo("transient_failure");
    }

    @Test
    void showsHowWarmAYoungInstanceIs() {
        cluster.warming("a", 0.55);

        assertThat(describe().instances().get(0).warmUpPercent()).isEqualTo(55);
        assertThat(describe().instances().get(0).effectiveWeight())
                .isEqualTo(55.0, org.assertj.core.data.Offset.offset(0.01));
    }

    @Test
    void showsInstancesThatARestingChannelHasNotSeen() {
        cluster.known("a").connectivity(ConnectivityState.IDLE);

        InstanceDescriptor resting = describe().instances().get(0);

        assertThat(resting.state()).isEqualTo("idle");
        assertThat(resting.unusedBecause()).isEqualTo("the channel rests; the next call connects it");
    }

    @Test
    void showsTheTargetInPlaceOfDiscovery() {
        cluster.target("static://10.0.0.1:9090");

        assertThat(describe().target()).isEqualTo("static://10.0.0.1:9090");
        assertThat(describe().discovery()).isNull();
    }

    @Test
    void showsTheBreaker() {
        cluster.breaker().transitionToOpenState();

        assertThat(describe().breaker().state()).isEqualTo("open");
    }

    @Test
    void showsWhatFurtherAttemptsCost() {
        ReferenceDescriptor.RetryBudget budget = describe().retryBudget();

        assertThat(budget).isEqualTo(new ReferenceDescriptor.RetryBudget(200, 1, 40, 0, 7));
    }

    @Test
    void knowsNoOtherReference() {
        assertThat(endpoint.reference("nobody")).isNull();
        assertThat(endpoint.rpc().references()).containsOnlyKeys("greeter");
    }

    @Test
    void showsWhatIsOfferedAndWhetherConsumersKnow() {
        ServiceInstance instance = FakeCluster.instance("me");
        RpcProvider provider = mock(RpcProvider.class);
        when(provider.states())
                .thenReturn(List.of(
                        state(instance, Phase.ANNOUNCED, true),
                        state(instance, Phase.ANNOUNCED, false),
                        state(instance, Phase.DRAINING, false)));

        List<OfferDescriptor> offers = new RpcEndpoint(provider, null, null, InstantSource.system())
                .rpc()
                .offers();

        assertThat(offers).extracting(OfferDescriptor::phase).containsExactly("announced", "announced", "draining");
        assertThat(offers).extracting(OfferDescriptor::registration).containsExactly("registered", "retrying", null);
        assertThat(offers.get(0).address()).isEqualTo(instance.address());
        assertThat(offers.get(0).backends()).containsExactly("local");
    }

    private static RpcProviderState state(ServiceInstance instance, Phase phase, boolean confirmed) {
        return new RpcProviderState(
                instance,
                phase,
                FakeCluster.CONFIRMED,
                List.of(),
                confirmed,
                "the registry is local",
                List.of("local"));
    }

    private ReferenceDescriptor describe() {
        ReferenceDescriptor reference = endpoint.reference("greeter");
        assertThat(reference).isNotNull();
        return reference;
    }
}
