/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.CallListener;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.loadbalance.EndpointListener;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.reference.FallbackBeans;
import io.clusterrpc.reference.ManagedReferences;
import io.clusterrpc.reference.MergerBeans;
import io.clusterrpc.reference.ReferenceBlueprint;
import io.clusterrpc.reference.ReferenceRegistrar;
import io.clusterrpc.reference.StubFactories;
import io.clusterrpc.resilience.Registries;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.AbstractStub;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientDefaultServiceConfigCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.InProcessGrpcChannelFactory;
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
@EnableConfigurationProperties(RpcReferenceProperties.class)
public final class RpcReferenceAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(RpcReferenceAutoConfiguration.class);

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
    ReferenceSettingsFactory rpcReferenceSettings(RpcReferenceProperties properties, Environment environment) {
        return new ReferenceSettingsFactory(
                properties, channel -> ReferenceChannelTargets.setsIdleTimeout(environment, channel));
    }

    @Bean(destroyMethod = "close")
    CallThreads rpcCallThreads() {
        return new CallThreads();
    }

    @Bean(name = ReferenceRegistrar.FACTORY_BEAN)
    ManagedReferences rpcReferences(
            RpcReferenceProperties properties,
            Environment environment,
            Directory directory,
            ListableBeanFactory beans,
            ReferenceSettingsFactory settings,
            CallThreads threads,
            ObjectProvider<GrpcChannelFactory> channels,
            ObjectProvider<StubFactory<?>> stubs,
            ObjectProvider<LoadBalancingAlgorithm> algorithms,
            ObjectProvider<CallListener> callListeners,
            ObjectProvider<EndpointListener> endpointListeners,
            CircuitBreakerRegistry breakers,
            RetryRegistry retries,
            ObjectProvider<BulkheadRegistry> bulkheads,
            ObjectProvider<RateLimiterRegistry> rateLimiters,
            ObjectProvider<TimeLimiterRegistry> timeLimiters) {
        // Made before the references, so that it is destroyed after them.
        GrpcChannelFactory factory = channels.getIfAvailable();
        ReferenceBlueprint blueprint = new ReferenceBlueprint(
                settings::of,
                properties.services(),
                grpcService -> ReferenceRegistrar.nameless(beans).contains(grpcService),
                name -> KnownReferences.names(beans, environment).contains(name),
                name -> ReferenceChannelTargets.explicit(environment, name),
                name -> ReferenceChannelTargets.configured(environment, name),
                new NamedAlgorithms(algorithms.orderedStream().toList())::of,
                new Registries(
                        breakers,
                        retries,
                        bulkheads::getIfAvailable,
                        rateLimiters::getIfAvailable,
                        timeLimiters::getIfAvailable),
                new FallbackBeans(beans),
                new MergerBeans(beans),
                threads.runtime(),
                callListeners.orderedStream().toList(),
                endpointListeners.orderedStream().toList());
        return new ManagedReferences(
                blueprint,
                directory,
                () -> factory != null ? factory : channels.getObject(),
                new StubFactories(stubs.orderedStream().toList()));
    }

    @Bean
    GrpcChannelFactoryCustomizer rpcReferenceTargets(
            Environment environment, GrpcClientProperties properties, ObjectProvider<ManagedReferences> references) {
        ReferenceChannelTargets targets = new ReferenceChannelTargets(environment, properties, references::getObject);
        return factory -> {
            if (factory instanceof InProcessGrpcChannelFactory inProcess) {
                inProcess.setVirtualTargets(targets::inProcess);
            } else if (factory instanceof DefaultGrpcChannelFactory<?> network) {
                network.setVirtualTargets(targets);
            }
        };
    }

    @Bean
    <T extends ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> rpcReferenceChannels(
            ObjectProvider<ManagedReferences> references) {
        return (channel, builder) -> references.getObject().customize(channel, builder);
    }

    @Bean
    GrpcClientDefaultServiceConfigCustomizer rpcReferenceBalancing(ObjectProvider<ManagedReferences> references) {
        return (channel, config) -> {
            if (!references.getObject().discovers(channel)) {
                return;
            }
            Object other = config.putIfAbsent("loadBalancingConfig", List.of(Map.of("rpc_cluster", Map.of())));
            if (other == null) {
                references.getObject().balances(channel, config);
            } else {
                log.warn(
                        "spring.grpc.client.channel.{}.service-config replaces the balancer of reference '{}' by {}:"
                                + " no statistics, no avoiding of instances already tried, and rpc.references.{}.balancing"
                                + " has no effect",
                        channel,
                        channel,
                        other,
                        channel);
            }
        };
    }

    @Bean
    EagerReferences rpcEagerReferences(
            RpcReferenceProperties properties,
            ReferenceSettingsFactory settings,
            ListableBeanFactory beans,
            Environment environment,
            ManagedReferences references) {
        return new EagerReferences(
                settings,
                () -> KnownReferences.names(
                        beans, properties.services(), properties.references().keySet()),
                name -> ReferenceRegistrar.types(beans, name, properties.services()),
                known -> new Resilience4jChecks(Binder.get(environment), properties, known),
                references,
                new UnreadProperties(environment, beans));
    }
}
