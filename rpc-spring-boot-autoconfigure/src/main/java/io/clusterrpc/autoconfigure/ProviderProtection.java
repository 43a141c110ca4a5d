/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.GraceEnd;
import io.clusterrpc.provider.OpenCalls;
import io.clusterrpc.provider.limit.ConcurrencyLimit;
import io.clusterrpc.provider.limit.LimitSettings;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.provider.load.LoadReporter;
import io.grpc.netty.NettyServerBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.grpc.server.GlobalServerInterceptor;

/** What keeps a gRPC server well when it gets more than it can do, is abused, or must stop, and what it says of its load. */
@Configuration(proxyBeanMethods = false)
class ProviderProtection {

    // On each bean rather than on a configuration of its own, which would be read and judged at every start.
    private static final String LIMIT = "rpc.provider.limit.enabled";
    private static final String LOAD_REPORT = "rpc.provider.load-report.enabled";

    @Bean
    @GlobalServerInterceptor
    @Order(RpcProviderAutoConfiguration.GUARD_ORDER + 20)
    OpenCalls rpcOpenCalls() {
        return new OpenCalls();
    }

    @Bean
    GraceEnd rpcGraceEnd(OpenCalls calls, GrpcServerProperties server, Environment environment) {
        String name = environment.getProperty(ProviderEvents.NAME, "");
        return new GraceEnd(
                name.isBlank() ? "The server" : name,
                calls,
                server.getShutdown().getGracePeriod());
    }

    @Bean
    @ConditionalOnBooleanProperty(name = LIMIT, matchIfMissing = true)
    @ConditionalOnMissingBean
    ConcurrencyLimit rpcConcurrencyLimit(RpcProviderProperties properties) {
        RpcProviderProperties.Limit limit = properties.limit();
        return ConcurrencyLimit.adaptive(
                new LimitSettings(limit.initial(), limit.min(), limit.max(), limit.acceptableLatency()));
    }

    /** Sheds load: after the guard, whose refusals cost nothing, and before everything that costs something. */
    @Bean
    @ConditionalOnBooleanProperty(name = LIMIT, matchIfMissing = true)
    @GlobalServerInterceptor
    @Order(RpcProviderAutoConfiguration.GUARD_ORDER + 10)
    LoadShedder rpcLoadShedder(ConcurrencyLimit limit) {
        return new LoadShedder(limit);
    }

    /** Tells callers how busy the application is: outside the shedder, whose refusals it counts. */
    @Bean
    @ConditionalOnBooleanProperty(name = LOAD_REPORT, matchIfMissing = true)
    @GlobalServerInterceptor
    @Order(RpcProviderAutoConfiguration.GUARD_ORDER + 5)
    LoadReporter rpcLoadReporter(RpcProviderProperties properties, ObjectProvider<LoadShedder> shedder) {
        return new LoadReporter(properties.loadReport().interval(), shedder.getIfAvailable());
    }

    /** Where Netty is the transport. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(NettyServerBuilder.class)
    static class NettyConfiguration {

        @Bean
        NettyTransportLimits rpcTransportLimits(RpcProviderProperties properties) {
            return new NettyTransportLimits(properties.transport());
        }
    }
}
