/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.GraceEnd;
import io.clusterrpc.provider.OpenCalls;
import io.clusterrpc.provider.limit.ConcurrencyLimit;
import io.clusterrpc.provider.limit.HandlerSettings;
import io.clusterrpc.provider.limit.HandlerThreads;
import io.clusterrpc.provider.limit.LimitSettings;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.provider.load.LoadReporter;
import io.grpc.netty.NettyServerBuilder;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** What keeps a gRPC server well when it gets more than it can do, is abused, or must stop, and what it says of its load. */
@Configuration(proxyBeanMethods = false)
class ProviderProtection {

    // On each bean rather than on a configuration of its own, which would be read and judged at every start.
    private static final String LIMIT = "rpc.provider.limit.enabled";
    private static final String LOAD_REPORT = "rpc.provider.load-report.enabled";

    private static final Logger log = LoggerFactory.getLogger(ProviderProtection.class);

    private final RpcProviderProperties properties;

    ProviderProtection(Environment environment) {
        this.properties = RpcProviderProperties.of(environment);
    }

    @Bean
    @GlobalServerInterceptor
    @Order(RpcProviderAutoConfiguration.GUARD_ORDER + 20)
    OpenCalls rpcOpenCalls() {
        return new OpenCalls();
    }

    @Bean
    GraceEnd rpcGraceEnd(OpenCalls rpcOpenCalls, GrpcServerProperties server, Environment environment) {
        String name = environment.getProperty(ProviderEvents.NAME, "");
        return new GraceEnd(
                name.isBlank() ? "The server" : name,
                rpcOpenCalls,
                server.getShutdown().getGracePeriod());
    }

    /** Sheds load: after the guard, whose refusals cost nothing, and before everything that costs something. */
    @Bean
    @ConditionalOnBooleanProperty(name = LIMIT, matchIfMissing = true)
    @GlobalServerInterceptor
    @Order(RpcProviderAutoConfiguration.GUARD_ORDER + 10)
    LoadShedder rpcLoadShedder(ObjectProvider<ConcurrencyLimit> limits) {
        ConcurrencyLimit own = limits.getIfAvailable();
        RpcProviderProperties.Limit limit = properties.limit();
        return new LoadShedder(
                own != null
                        ? own
                        : ConcurrencyLimit.adaptive(new LimitSettings(
                                limit.initial(), limit.min(), limit.max(), limit.acceptableLatency())));
    }

    /** Tells callers how busy the application is: outside the shedder, whose refusals it counts. */
    @Bean
    @ConditionalOnBooleanProperty(name = LOAD_REPORT, matchIfMissing = true)
    @GlobalServerInterceptor
    @Order(RpcProviderAutoConfiguration.GUARD_ORDER + 5)
    LoadReporter rpcLoadReporter(ObjectProvider<LoadShedder> rpcLoadShedder) {
        return new LoadReporter(properties.loadReport().interval(), rpcLoadShedder.getIfAvailable());
    }

    @Bean
    @ConditionalOnClass(NettyServerBuilder.class)
    NettyTransportLimits rpcTransportLimits() {
        return new NettyTransportLimits(properties.transport());
    }

    // What handlers run on, where the application does not say: virtual threads if it uses them, else a bounded number
    // of threads

    @Bean
    @ConditionalOnThreading(Threading.VIRTUAL)
    @ConditionalOnMissingBean
    GrpcServerExecutorProvider rpcServerExecutorProvider() {
        return () -> new VirtualThreadTaskExecutor("grpc-server-");
    }

    @Bean
    @ConditionalOnThreading(Threading.PLATFORM)
    @ConditionalOnBooleanProperty(name = "rpc.provider.executor.enabled", matchIfMissing = true)
    @ConditionalOnMissingBean(GrpcServerExecutorProvider.class)
    HandlerThreads rpcHandlerThreads(ObjectProvider<LoadShedder> rpcLoadShedder) {
        RpcProviderProperties.Executor executor = properties.executor();
        return new HandlerThreads(
                new HandlerSettings(executor.threads(), executor.maxWait(), executor.nonBlocking()),
                rpcLoadShedder.getIfAvailable(),
                daemons("grpc-handler-"),
                daemons("grpc-aside-"));
    }

    private static ThreadFactory daemons(String prefix) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(prefix);
        factory.setDaemon(true);
        return factory;
    }

    /**
     * Tells the server which thread a call gets, decided on the transport's thread, and who hears of streams and connections. First of all,
     * so that customizers of the application win.
     */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    ServerParts<?> rpcServerParts(
            ObjectProvider<HandlerThreads> rpcHandlerThreads,
            ObjectProvider<LoadShedder> rpcLoadShedder,
            ObjectProvider<LoadReporter> rpcLoadReporter) {
        HandlerThreads threads = rpcHandlerThreads.getIfAvailable();
        if (threads == null && !properties.executor().nonBlocking().isEmpty()) {
            log.warn("rpc.provider.executor.non-blocking has no effect: handlers run on virtual threads, on those of a"
                    + " GrpcServerExecutorProvider, or on gRPC's (rpc.provider.executor.enabled=false)");
        }
        return new ServerParts<>(threads, rpcLoadShedder.getIfAvailable(), rpcLoadReporter.getIfAvailable());
    }
}
