/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.clusterrpc.discovery.ClusterSnapshot.Source;
import io.clusterrpc.loadbalance.EndpointState;
import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.provider.RpcProviderState;
import io.clusterrpc.provider.RpcProviderState.Phase;
import io.grpc.ConnectivityState;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

class RpcHealthTests {

    private final FakeCluster cluster = new FakeCluster();

    @Test
    void isUpWhileOneInstanceIsConnected() {
        cluster.endpoint("a", EndpointState.READY, null).endpoint("b", EndpointState.TRANSIENT_FAILURE, "refused");

        Health health = reference(false);

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .containsEntry("known", 2)
                .containsEntry("connected", 1L)
                .containsEntry("service", "greeter-service")
                .containsEntry("registry", "live")
                .containsEntry("breaker", "closed");
    }

    @Test
    void showsThatNoInstanceIsKnownAndWhy() {
        cluster.registryFails(Source.UNKNOWN, "consul refuses connections")
                .connectivity(ConnectivityState.TRANSIENT_FAILURE);

        assertThat(reference(false).getStatus()).isEqualTo(RpcHealth.NO_INSTANCES);
        assertThat(reference(false).getDetails()).containsEntry("problem", "consul refuses connections");
        assertThat(reference(true).getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void showsThatNoneCanBeReached() {
        cluster.endpoint("a", EndpointState.TRANSIENT_FAILURE, "refused")
                .connectivity(ConnectivityState.TRANSIENT_FAILURE);

        assertThat(reference(false).getStatus()).isEqualTo(RpcHealth.NO_INSTANCES);
    }

    @ParameterizedTest
    @CsvSource({"IDLE", "CONNECTING"})
    void doesNotGuessWhileNobodyHasTried(ConnectivityState state) {
        cluster.known("a").connectivity(state);

        assertThat(reference(true).getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"IDLE", "CONNECTING"})
    void doesNotGuessWhatARegistryThatWasNotAskedWouldSay(ConnectivityState state) {
        cluster.source(Source.UNKNOWN).connectivity(state);

        assertThat(reference(false).getStatus()).isEqualTo(Status.UNKNOWN);
        assertThat(reference(true).getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void showsThatACallFoundNobody() {
        cluster.source(Source.UNKNOWN).connectivity(ConnectivityState.TRANSIENT_FAILURE);

        assertThat(reference(true).getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void showsThatTheRegistryKnowsNoInstanceBeforeAnybodyCalls() {
        cluster.connectivity(ConnectivityState.IDLE);

        assertThat(reference(false).getStatus()).isEqualTo(RpcHealth.NO_INSTANCES);
    }

    @ParameterizedTest
    @CsvSource({"READY, UP", "TRANSIENT_FAILURE, NO_INSTANCES", "IDLE, UNKNOWN"})
    void judgesAnExplicitTargetByItsChannel(ConnectivityState state, String status) {
        cluster.target("static://10.0.0.1:9090").connectivity(state);

        assertThat(reference(false).getStatus().getCode()).isEqualTo(status);
    }

    @Test
    void aReferenceWithoutInstancesChangesNoAggregateAndNoHttpStatus() {
        Set<Status> statuses = Set.of(Status.UP, RpcHealth.NO_INSTANCES);

        assertThat(StatusAggregator.getDefault().getAggregateStatus(statuses)).isEqualTo(Status.UP);
        assertThat(HttpCodeStatusMapper.getDefault().getStatusCode(RpcHealth.NO_INSTANCES))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "ANNOUNCED, true, UP",
        "ANNOUNCED, false, UNKNOWN",
        "UNANNOUNCED, false, UP",
        "STARTING, false, UNKNOWN",
        "REFUSING, false, UNKNOWN",
        "DRAINING, false, OUT_OF_SERVICE"
    })
    void judgesTheRegistration(Phase phase, boolean confirmed, String status) {
        RpcProvider provider = mock(RpcProvider.class);
        when(provider.states())
                .thenReturn(List.of(new RpcProviderState(
                        FakeCluster.instance("me"),
                        phase,
                        FakeCluster.CONFIRMED,
                        phase == Phase.STARTING ? List.of("readinessState", "cacheWarm") : List.of(),
                        confirmed,
                        "",
                        List.of("consul"))));

        Health health = health(RpcHealth.of(provider, null, false), "registration");

        assertThat(health.getStatus().getCode()).isEqualTo(status);
        assertThat(health.getDetails().get("servers").toString())
                .contains("greeter-service at 127.0.0.1:")
                .matches(text ->
                        text.contains("starting, waiting for readinessState, cacheWarm") == (phase == Phase.STARTING));
    }

    @Test
    void hasNothingToSayOfWhatThereIsNot() {
        assertThat(RpcHealth.of(null, null, false).stream()).isEmpty();
        assertThat(composite(RpcHealth.of(null, cluster, false), "references").getContributor("nobody"))
                .isNull();
    }

    private Health reference(boolean fail) {
        return health(composite(RpcHealth.of(null, cluster, fail), "references"), "greeter");
    }

    private static CompositeHealthContributor composite(CompositeHealthContributor parent, String name) {
        return (CompositeHealthContributor) contributor(parent, name);
    }

    private static Health health(CompositeHealthContributor parent, String name) {
        return Stream.of(contributor(parent, name))
                .map(HealthIndicator.class::cast)
                .map(HealthIndicator::health)
                .findFirst()
                .orElseThrow();
    }

    private static HealthContributor contributor(CompositeHealthContributor parent, String name) {
        HealthContributor contributor = parent.getContributor(name);
        assertThat(contributor).as(name).isNotNull();
        return contributor;
    }
}
