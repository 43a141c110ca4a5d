/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.CallListener;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.loadbalance.EndpointListener;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.reference.ManagedReferences;
import io.clusterrpc.reference.ReferenceBlueprint;
import io.clusterrpc.reference.ReferenceRegistrar;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.StubFactory;

/** Auto-configuration of the consumer side: references, their channels and their stubs. */
@AutoConfiguration(
        before = GrpcClientAutoConfiguration.class,
        after = RpcDiscoveryAutoConfiguration.class,
        afterName = {
            "io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadAutoConfiguration",
            "io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration",
            "io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration",
            "io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration",
            "io.github.resilience4j.springboot.timelimiter.autoconfigure.TimeLimiterAutoConfiguration"
        })
@ConditionalOnClass({AbstractStub.class, GrpcChannelFactory.class})
@ConditionalOnBooleanProperty(
        name = {"spring.grpc.client.enabled", "rpc.discovery.enabled"},
        matchIfMissing = true)
public final class RpcReferenceAutoConfiguration {

    private final RpcReferenceProperties properties;

    RpcReferenceAutoConfiguration(Environment environment) {
        this.properties = RpcReferenceProperties.of(environment);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ReferenceRegistrar rpcReferenceRegistrar() {
        return new ReferenceRegistrar();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ReferenceResilienceDefaults rpcReferenceResilienceDefaults() {
        return new ReferenceResilienceDefaults();
    }

    @Bean
    ReferenceSettingsFactory rpcReferenceSettings(Environment environment) {
        return new ReferenceSettingsFactory(properties, new ChannelProperties(environment)::sayIdleTimeout);
    }

    @Bean(destroyMethod = "close")
    CallThreads rpcCallThreads() {
        return new CallThreads();
    }

    @Bean(name = ReferenceRegistrar.FACTORY_BEAN)
    ManagedReferences rpcReferences(
            Environment environment,
            Directory rpcDirectory,
            ConfigurableListableBeanFactory beans,
            ReferenceSettingsFactory rpcReferenceSettings,
            CallThreads rpcCallThreads,
            ObjectProvider<GrpcChannelFactory> channels,
            ObjectProvider<StubFactory<?>> stubs,
            ObjectProvider<LoadBalancingAlgorithm> algorithms,
            ObjectProvider<CallListener> callListeners,
            ObjectProvider<EndpointListener> endpointListeners,
            CircuitBreakerRegistry circuitBreakerRegistry,
            RetryRegistry retryRegistry,
            ObjectProvider<BulkheadRegistry> bulkheads,
            ObjectProvider<RateLimiterRegistry> rateLimiters,
            ObjectProvider<TimeLimiterRegistry> timeLimiters) {
        ReferenceBlueprint blueprint = new ReferenceBeans(
                properties,
                rpcReferenceSettings,
                environment,
                beans,
                rpcCallThreads.runtime(),
                new ReferenceBeans.Listeners(callListeners, endpointListeners),
                new ReferenceBeans.Resilience4j(
                        circuitBreakerRegistry, retryRegistry, bulkheads, rateLimiters, timeLimiters),
                algorithms,
                stubs,
                channels);
        return new ManagedReferences(blueprint, rpcDirectory);
    }

    @Bean
    ReferenceChannels<?> rpcReferenceChannels(
            Environment environment, GrpcClientProperties properties, ObjectProvider<ManagedReferences> rpcReferences) {
        return new ReferenceChannels<>(environment, properties, rpcReferences);
    }

    /** First of all, so that event loops of the application's own customizers win. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    TransportThreads<?> rpcTransportThreads(ObjectProvider<ManagedReferences> rpcReferences) {
        return new TransportThreads<>(properties.transportThreads(), rpcReferences);
    }

    @Bean
    EagerReferences rpcEagerReferences(
            ReferenceSettingsFactory rpcReferenceSettings,
            Environment environment,
            ConfigurableListableBeanFactory beans,
            ManagedReferences rpcReferences) {
        return new EagerReferences(properties, rpcReferenceSettings, environment, beans, rpcReferences);
    }
}
