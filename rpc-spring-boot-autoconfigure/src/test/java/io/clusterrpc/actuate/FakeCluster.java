/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.EndpointState;
import io.clusterrpc.loadbalance.EndpointView;
import io.clusterrpc.loadbalance.LoadReport;
import io.clusterrpc.reference.ReferenceSettings;
import io.clusterrpc.reference.ReferenceState;
import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.reference.TransparentRetry;
import io.clusterrpc.resilience.CallPolicy;
import io.clusterrpc.resilience.RetryBudgetState;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.stub.AbstractStub;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The only reference of an application, in any state that a test wants to see. */
final class FakeCluster implements ReferenceState, RpcReferences {

    static final Instant CONFIRMED = Instant.parse("2026-01-01T12:00:00Z");

    private final List<EndpointView> views = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final EndpointRegistry endpoints = mock(EndpointRegistry.class);
    private final CircuitBreaker breaker = CircuitBreaker.ofDefaults("greeter");
    private ConnectivityState connectivity = ConnectivityState.READY;
    private Source source = Source.LIVE;
    private @Nullable String problem;
    private @Nullable String target;

    FakeCluster() {
        when(endpoints.view()).thenAnswer(invocation -> List.copyOf(views));
    }

    static ServiceInstance instance(String id) {
        return ServiceInstance.builder("greeter-service", id, "127.0.0.1", 9000 + id.hashCode() % 1000)
                .startTime(CONFIRMED)
                .version("1.2")
                .zone("north")
                .build();
    }

    FakeCluster known(String id) {
        members.add(new Member(instance(id), true));
        return this;
    }

    FakeCluster endpoint(String id, EndpointState state, @Nullable String unusedBecause) {
        known(id);
        views.add(view(id, state, unusedBecause, 1));
        return this;
    }

    FakeCluster warming(String id, double warmth) {
        known(id);
        views.add(view(id, EndpointState.READY, null, warmth));
        return this;
    }

    private static EndpointView view(String id, EndpointState state, @Nullable String unusedBecause, double warmth) {
        return new EndpointView(
                instance(id),
                true,
                state,
                unusedBecause,
                2,
                1_500_000,
                10,
                7,
                1,
                warmth,
                unusedBecause == null ? 100 * warmth : 0,
                null,
                new LoadReport(0.6, 0, 0, 120, 0.25, 3, 40));
    }

    FakeCluster connectivity(ConnectivityState state) {
        connectivity = state;
        return this;
    }

    FakeCluster registryFails(Source last, String why) {
        source = last;
        problem = why;
        return this;
    }

    FakeCluster source(Source last) {
        source = last;
        return this;
    }

    FakeCluster target(String explicit) {
        target = explicit;
        return this;
    }

    @Override
    public String name() {
        return "greeter";
    }

    @Override
    public String service() {
        return "greeter-service";
    }

    @Override
    public @Nullable String explicitTarget() {
        return target;
    }

    @Override
    public ReferenceSettings settings() {
        return new ReferenceSettings(
                name(),
                service(),
                "round-robin",
                BalancingPolicy.DEFAULTS,
                false,
                Duration.ofSeconds(10),
                Duration.ofMinutes(30),
                TransparentRetry.FAILOVER,
                mock(CallPolicy.class));
    }

    @Override
    public ClusterSnapshot snapshot() {
        return new ClusterSnapshot(service(), members, source, CONFIRMED, problem, List.of("local"));
    }

    @Override
    public EndpointRegistry endpoints() {
        return endpoints;
    }

    @Override
    public CircuitBreaker breaker() {
        return breaker;
    }

    @Override
    public RetryBudgetState retryBudget() {
        return new RetryBudgetState(200, 1, 40, 0);
    }

    @Override
    public long undelivered() {
        return 7;
    }

    @Override
    public ConnectivityState connectivity() {
        return connectivity;
    }

    @Override
    public List<ReferenceState> states() {
        return List.of(this);
    }

    @Override
    public <T extends AbstractStub<?>> T stub(String reference, Class<T> type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T extends AbstractStub<?>> T stub(Class<T> type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Channel channel(String reference) {
        throw new UnsupportedOperationException();
    }
}
