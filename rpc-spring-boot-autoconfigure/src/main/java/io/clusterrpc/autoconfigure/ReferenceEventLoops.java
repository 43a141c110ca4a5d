/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.ManagedReferences;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.util.ClassUtils;

/**
 * Event loops of their own for the channels of references, where {@code rpc.event-loops} says how many, in place of gRPC's: as many
 * as there are processors, for all channels and servers of the JVM. One that serves several connections is awake more often when the
 * next thing comes.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(NettyChannelBuilder.class)
@ConditionalOnProperty("rpc.event-loops")
class ReferenceEventLoops {

    @Bean(destroyMethod = "close")
    @Order(Ordered.HIGHEST_PRECEDENCE)
    OwnLoops<?> rpcEventLoops(RpcReferenceProperties properties, ObjectProvider<ManagedReferences> references) {
        Integer threads = properties.eventLoops();
        return new OwnLoops<>(threads == null ? 1 : threads, references);
    }

    /** Comes first, so that customizers of the application win. */
    static final class OwnLoops<T extends ManagedChannelBuilder<T>>
            implements GrpcChannelBuilderCustomizer<T>, AutoCloseable {

        private static final boolean EPOLL =
                ClassUtils.isPresent("io.netty.channel.epoll.Epoll", ReferenceEventLoops.class.getClassLoader())
                        && Native.isAvailable();

        private final EventLoopGroup group;
        private final Class<? extends Channel> channelType;
        private final ObjectProvider<ManagedReferences> references;

        OwnLoops(int threads, ObjectProvider<ManagedReferences> references) {
            IoHandlerFactory io = EPOLL ? Native.handlers() : NioIoHandler.newFactory();
            this.group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("rpc-transport", true), io);
            this.channelType = EPOLL ? Native.channelType() : NioSocketChannel.class;
            this.references = references;
        }

        @Override
        public void customize(String channel, T builder) {
            if (builder instanceof NettyChannelBuilder netty
                    && references.getObject().discovers(channel)) {
                netty.eventLoopGroup(group).channelType(channelType);
            }
        }

        /** Channels that are still being closed keep it up meanwhile. */
        @Override
        public void close() {
            group.shutdownGracefully(1, 30, TimeUnit.SECONDS);
        }
    }

    /** Loaded only where Netty's epoll transport is present. */
    private static final class Native {

        static boolean isAvailable() {
            return Epoll.isAvailable();
        }

        static IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        static Class<? extends Channel> channelType() {
            return EpollSocketChannel.class;
        }
    }
}
