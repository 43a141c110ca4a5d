/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.ManagedReferences;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.util.ClassUtils;

/**
 * The threads that serve the connections of all references which discovery finds instances for. gRPC's own are two for each processor, so
 * that nearly every connection has one of its own, which wakes up for every message; fewer find more to do each time, and leave
 * the processors to the application. Made for the first channel. Channels with a target of their own, and those of other transports than
 * {@code grpc-netty}, keep theirs. Thread-safe.
 */
final class TransportThreads<T extends ManagedChannelBuilder<T>>
        implements GrpcChannelBuilderCustomizer<T>, AutoCloseable {

    /** How long connections have to say goodbye after their channels were closed. */
    private static final long QUIET_MILLIS = 200;

    private static final long PATIENCE_MILLIS = 5_000;

    /** Looked for by its name, also in native images. */
    static final String EPOLL = "io.netty.channel.epoll.Epoll";

    private static final String NETTY = "io.grpc.netty.NettyChannelBuilder";

    private final int threads;
    private final ObjectProvider<ManagedReferences> references;

    // Guarded by this
    private @Nullable Loops loops;
    private boolean closed;

    /**
     * Creates it without a thread.
     *
     * @param threads how many there are; 0 to leave it to gRPC, {@code null} for half of the processors
     */
    TransportThreads(@Nullable Integer threads, ObjectProvider<ManagedReferences> references) {
        this.threads =
                threads != null ? threads : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        this.references = references;
    }

    @Override
    public void customize(String channel, T builder) {
        if (threads > 0
                && builder.getClass().getName().equals(NETTY)
                && references.getObject().discovers(channel)) {
            share(builder);
        }
    }

    /** A channel that is made in spite of the end of the context is left to gRPC. */
    private synchronized void share(T builder) {
        if (closed) {
            return;
        }
        if (loops == null) {
            loops = Loops.start(threads, Loops.epoll());
        }
        loops.customize(builder);
    }

    /** After the channels were: what their connections still have to say is said. Does not wait for it. */
    @Override
    public synchronized void close() {
        closed = true;
        if (loops != null) {
            loops.close();
        }
    }

    /** All that may only be linked where there is {@code grpc-netty}. */
    record Loops(EventLoopGroup group, ChannelFactory<? extends Channel> sockets) implements AutoCloseable {

        /** What gRPC chooses as well where it is there; else what the JDK has. */
        static boolean epoll() {
            return ClassUtils.isPresent(EPOLL, Loops.class.getClassLoader()) && Epoll.isAvailable();
        }

        static Loops start(int threads, boolean epoll) {
            return epoll
                    ? new Loops(group(threads, EpollIoHandler.newFactory()), EpollSocketChannel::new)
                    : new Loops(group(threads, NioIoHandler.newFactory()), NioSocketChannel::new);
        }

        /** Threads of Netty's own kind, on which it pools buffers and objects. */
        private static EventLoopGroup group(int threads, IoHandlerFactory factory) {
            return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("rpc-transport", true), factory);
        }

        void customize(ManagedChannelBuilder<?> builder) {
            ((NettyChannelBuilder) builder).eventLoopGroup(group).channelFactory(sockets, InetSocketAddress.class);
        }

        @Override
        public void close() {
            group.shutdownGracefully(QUIET_MILLIS, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
