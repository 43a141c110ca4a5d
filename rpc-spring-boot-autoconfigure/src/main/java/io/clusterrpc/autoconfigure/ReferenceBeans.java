/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.CallListener;
import io.clusterrpc.loadbalance.EndpointListener;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.reference.FallbackBeans;
import io.clusterrpc.reference.MergerBeans;
import io.clusterrpc.reference.ReferenceBlueprint;
import io.clusterrpc.reference.ReferenceRegistrar;
import io.clusterrpc.reference.ReferenceSettings;
import io.clusterrpc.reference.StubFactories;
import io.clusterrpc.resilience.CallRuntime;
import io.clusterrpc.resilience.Registries;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.StubFactory;

/** The blueprint of references out of properties and beans; who listens to calls is asked for at the first one. Thread-safe. */
final class ReferenceBeans implements ReferenceBlueprint {

    private final RpcReferenceProperties properties;
    private final ReferenceSettingsFactory settings;
    private final Environment environment;
    private final ListableBeanFactory beans;
    private final CallRuntime runtime;
    private final Listeners listeners;
    private final Resilience4j resilience4j;
    private final NamedAlgorithms algorithms;
    private final StubFactories stubs;
    private final FallbackBeans fallbacks;
    private final MergerBeans mergers;
    private final ObjectProvider<GrpcChannelFactory> channels;
    private final @Nullable GrpcChannelFactory found;

    /** Who hears of what happens. */
    record Listeners(ObjectProvider<CallListener> calls, ObjectProvider<EndpointListener> endpoints) {}

    /** Its registries; those that may be missing belong to libraries that an application need not have. */
    record Resilience4j(
            CircuitBreakerRegistry breakers,
            RetryRegistry retries,
            ObjectProvider<BulkheadRegistry> bulkheads,
            ObjectProvider<RateLimiterRegistry> rateLimiters,
            ObjectProvider<TimeLimiterRegistry> timeLimiters) {}

    ReferenceBeans(
            RpcReferenceProperties properties,
            ReferenceSettingsFactory settings,
            Environment environment,
            ListableBeanFactory beans,
            CallRuntime runtime,
            Listeners listeners,
            Resilience4j resilience4j,
            ObjectProvider<LoadBalancingAlgorithm> algorithms,
            ObjectProvider<StubFactory<?>> stubs,
            ObjectProvider<GrpcChannelFactory> channels) {
        this.properties = properties;
        this.settings = settings;
        this.environment = environment;
        this.beans = beans;
        this.runtime = runtime;
        this.listeners = listeners;
        this.resilience4j = resilience4j;
        this.algorithms = new NamedAlgorithms(algorithms.orderedStream().toList());
        this.stubs = new StubFactories(stubs.orderedStream().toList());
        this.fallbacks = new FallbackBeans(beans);
        this.mergers = new MergerBeans(beans);
        this.channels = channels;
        // Made before the references, so that it is destroyed after them.
        this.found = channels.getIfAvailable();
    }

    @Override
    public ReferenceSettings settings(String reference) {
        return settings.of(reference);
    }

    @Override
    public @Nullable String application(String grpcService) {
        return properties.services().get(grpcService);
    }

    @Override
    public boolean isNameless(String reference) {
        return ReferenceRegistrar.nameless(beans).contains(reference);
    }

    @Override
    public boolean isKnown(String name) {
        return KnownReferences.names(beans, environment).contains(name);
    }

    @Override
    public @Nullable String explicitTarget(String reference) {
        return new ChannelProperties(environment).target(reference);
    }

    @Override
    public boolean isChannelConfigured(String reference) {
        return new ChannelProperties(environment).say(reference);
    }

    @Override
    public LoadBalancingAlgorithm algorithm(ReferenceSettings settings) {
        return algorithms.of(settings);
    }

    @Override
    public StubFactories stubs() {
        return stubs;
    }

    @Override
    public GrpcChannelFactory channels() {
        return found != null ? found : channels.getObject();
    }

    @Override
    public Registries registries() {
        return new Registries(
                resilience4j.breakers(),
                resilience4j.retries(),
                resilience4j.bulkheads()::getIfAvailable,
                resilience4j.rateLimiters()::getIfAvailable,
                resilience4j.timeLimiters()::getIfAvailable);
    }

    @Override
    public FallbackBeans fallbacks() {
        return fallbacks;
    }

    @Override
    public MergerBeans mergers() {
        return mergers;
    }

    @Override
    public CallRuntime runtime() {
        return runtime;
    }

    @Override
    public List<CallListener> callListeners() {
        return listeners.calls().orderedStream().toList();
    }

    @Override
    public List<EndpointListener> endpointListeners() {
        return listeners.endpoints().orderedStream().toList();
    }
}
