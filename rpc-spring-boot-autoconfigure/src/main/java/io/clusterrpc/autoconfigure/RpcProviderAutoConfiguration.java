/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.RpcReadiness;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.provider.AddressPolicy;
import io.clusterrpc.provider.DrainBudget;
import io.clusterrpc.provider.GraceEnd;
import io.clusterrpc.provider.InstanceGuard;
import io.clusterrpc.provider.Network;
import io.clusterrpc.provider.ProviderLifecycle;
import io.clusterrpc.provider.ProviderSettings;
import io.clusterrpc.provider.ReadinessChecks;
import io.clusterrpc.provider.ReadinessSettings;
import io.clusterrpc.provider.RetryMarker;
import io.clusterrpc.provider.Surroundings;
import io.grpc.BindableService;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.grpc.server.autoconfigure.health.GrpcServerHealthAutoConfiguration;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.service.GrpcServiceDiscoverer;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Announces the gRPC servers of an application, where Boot starts one and there is a directory to announce it in. Contributes no
 * {@link BindableService}: an application that only calls others starts no server.
 */
@AutoConfiguration(
        after = {GrpcServerAutoConfiguration.class, GrpcServerHealthAutoConfiguration.class},
        afterName = "io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration")
@ConditionalOnClass(BindableService.class)
@ConditionalOnBooleanProperty(
        name = {"rpc.provider.enabled", "rpc.discovery.enabled"},
        matchIfMissing = true)
@ConditionalOnBean(GrpcServiceDiscoverer.class)
@Import(ProviderProtection.class)
public final class RpcProviderAutoConfiguration {

    /** Outside every other interceptor but those that ask for the very first place: a stray request costs nothing and counts nowhere. */
    static final int GUARD_ORDER = Integer.MIN_VALUE + 100;

    private final RpcProviderProperties properties;

    RpcProviderAutoConfiguration(Environment environment) {
        this.properties = RpcProviderProperties.of(environment);
    }

    @Bean
    @GlobalServerInterceptor
    @Order(GUARD_ORDER)
    InstanceGuard rpcInstanceGuard() {
        return new InstanceGuard();
    }

    @Bean
    @GlobalServerInterceptor
    @Order(GUARD_ORDER + 1)
    RetryMarker rpcRetryMarker() {
        return new RetryMarker();
    }

    @Bean
    DrainBudget rpcDrainBudget(Directory rpcDirectory) {
        return DrainBudget.of(properties.drain().notice(), rpcDirectory.noticeTime());
    }

    @Bean
    static ServerStop rpcServerStop(Environment environment, ObjectProvider<DrainBudget> rpcDrainBudget) {
        return new ServerStop(environment, rpcDrainBudget);
    }

    @Bean
    ProviderLifecycle rpcProvider(
            Directory rpcDirectory,
            InstanceGuard rpcInstanceGuard,
            DrainBudget rpcDrainBudget,
            ObjectProvider<HealthStatusManager> health,
            ObjectProvider<BuildProperties> build,
            Environment environment) {
        return new ProviderLifecycle(
                settings(build.getIfAvailable(), environment),
                addresses(rpcDirectory.loopbackOnly()),
                rpcDirectory,
                rpcInstanceGuard,
                rpcDrainBudget,
                () -> health.ifAvailable(HealthStatusManager::enterTerminalState),
                Surroundings.ofThisProcess());
    }

    private AddressPolicy addresses(boolean loopbackOnly) {
        Network network = properties.network() == null ? null : Network.of(properties.network());
        return new AddressPolicy(properties.host(), properties.port(), network, loopbackOnly);
    }

    private ProviderSettings settings(@Nullable BuildProperties build, Environment environment) {
        String version = properties.version();
        if (version == null) {
            version = build != null ? build.getVersion() : environment.getProperty("spring.application.version");
        }
        String zone = properties.zone() != null ? properties.zone() : environment.getProperty("rpc.zone");
        String name = environment.getProperty(ProviderEvents.NAME, "");
        return new ProviderSettings(
                name.isBlank() ? "unnamed" : name,
                zone,
                version,
                properties.weight(),
                properties.tags(),
                properties.register());
    }

    @Bean
    ProviderEvents rpcProviderEvents(
            ApplicationContext context,
            ProviderLifecycle rpcProvider,
            ServerExposure rpcServerExposure,
            GraceEnd rpcGraceEnd,
            ObjectProvider<ReadinessChecks> rpcReadinessChecks) {
        // To look for them here costs less start-up time than a condition.
        boolean asks = context.getBeanNamesForType(RpcReadiness.class, true, false).length > 0;
        return new ProviderEvents(
                context,
                rpcProvider,
                properties.register(),
                rpcServerExposure,
                rpcGraceEnd,
                asks ? rpcReadinessChecks.getObject() : null);
    }

    @Bean
    @Lazy
    ReadinessChecks rpcReadinessChecks(Map<String, RpcReadiness> checks, ProviderLifecycle rpcProvider) {
        RpcProviderProperties.Readiness settings = properties.readiness();
        CustomizableThreadFactory threads = new CustomizableThreadFactory("rpc-readiness-");
        threads.setDaemon(true);
        return new ReadinessChecks(
                checks,
                rpcProvider,
                new ReadinessSettings(settings.interval(), settings.warnAfter()),
                System::nanoTime,
                new ScheduledThreadPoolExecutor(2, threads));
    }

    @Bean
    ServerExposure rpcServerExposure(
            Environment environment, Directory rpcDirectory, ObjectProvider<GrpcServerProperties> server) {
        return new ServerExposure(environment, rpcDirectory.loopbackOnly(), server);
    }
}
