/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.limit.HandlerSettings;
import io.clusterrpc.provider.limit.HandlerThreads;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.provider.load.LoadReporter;
import java.util.concurrent.ThreadFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** What handlers run on, where the application does not say: virtual threads if it uses them, else a bounded number of threads. */
@Configuration(proxyBeanMethods = false)
class ProviderThreads {

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
    HandlerThreads rpcHandlerThreads(RpcProviderProperties properties, ObjectProvider<LoadShedder> shedder) {
        RpcProviderProperties.Executor executor = properties.executor();
        return new HandlerThreads(
                new HandlerSettings(executor.threads(), executor.maxWait()),
                shedder.getIfAvailable(),
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
            ObjectProvider<HandlerThreads> threads,
            ObjectProvider<LoadShedder> shedder,
            ObjectProvider<LoadReporter> reporter) {
        return new ServerParts<>(threads.getIfAvailable(), shedder.getIfAvailable(), reporter.getIfAvailable());
    }
}
