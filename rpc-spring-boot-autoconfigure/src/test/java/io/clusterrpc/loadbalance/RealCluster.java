/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.StatusOr;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.inprocess.InProcessSocketAddress;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Real servers, a real channel whose resolver a test feeds, and what the registry of endpoints says of them. */
final class RealCluster implements AutoCloseable {

    enum Transport {
        NETTY,
        IN_PROCESS
    }

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final EndpointRegistry registry = new EndpointRegistry("orders");
    private final Transport transport;
    private final String scheme = "cluster" + NUMBER.incrementAndGet();
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ResolverProvider resolvers = new ResolverProvider();
    private volatile List<EquivalentAddressGroup> resolved = List.of();

    /** A server and who it is. */
    record Node(ServiceInstance instance, Server server, GreeterServer greeter) {}

    RealCluster(Transport transport) {
        this.transport = transport;
        NameResolverRegistry.getDefaultRegistry().register(resolvers);
    }

    Node start(String id) {
        return start(id, UnaryOperator.identity());
    }

    Node start(String id, UnaryOperator<ServiceInstance.Builder> settings) {
        GreeterServer greeter = new GreeterServer(id);
        try {
            Server server = transport == Transport.NETTY
                    ? NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .addService(greeter.bound())
                            .addTransportFilter(greeter.connections())
                            .build()
                            .start()
                    : InProcessServerBuilder.forName(scheme + id)
                            .addService(greeter.bound())
                            .build()
                            .start();
            int port = transport == Transport.NETTY ? server.getPort() : 1;
            String host = transport == Transport.NETTY ? "127.0.0.1" : scheme + id;
            Node node = new Node(
                    settings.apply(ServiceInstance.builder("orders", id, host, port))
                            .build(),
                    server,
                    greeter);
            nodes.put(id, node);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void list(ServiceInstance... instances) {
        resolved = Stream.of(instances).map(this::group).toList();
        resolvers.push();
    }

    void listAll() {
        list(nodes.values().stream().map(Node::instance).toArray(ServiceInstance[]::new));
    }

    private EquivalentAddressGroup group(ServiceInstance instance) {
        return new EquivalentAddressGroup(
                transport == Transport.NETTY
                        ? new InetSocketAddress(instance.host(), instance.port())
                        : new InProcessSocketAddress(instance.host()),
                Attributes.newBuilder().set(ServiceInstance.ATTRIBUTE, instance).build());
    }

    /** Ends the server together with its connections. */
    void kill(String id) {
        nodes.get(id).server().shutdownNow();
    }

    /** Sends GOAWAY and lets the calls under way end. */
    void drain(String id) {
        nodes.get(id).server().shutdown();
    }

    ManagedChannel channel() {
        return channel(UnaryOperator.identity());
    }

    ManagedChannel channel(UnaryOperator<ManagedChannelBuilder<?>> settings) {
        ManagedChannelBuilder<?> builder = transport == Transport.NETTY
                ? NettyChannelBuilder.forTarget(scheme + ":///orders")
                : InProcessChannelBuilder.forTarget(scheme + ":///orders");
        ManagedChannel channel = settings.apply(
                        builder.usePlaintext().defaultLoadBalancingPolicy(ClusterLoadBalancerProvider.POLICY))
                .build();
        channels.add(channel);
        return channel;
    }

    int inFlight() {
        return registry.view().stream().mapToInt(EndpointView::inFlight).sum();
    }

    EndpointView view(String id) {
        return registry.view().stream()
                .filter(view -> view.instance().id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws InterruptedException {
        channels.forEach(ManagedChannel::shutdownNow);
        nodes.values().forEach(node -> node.greeter().close());
        nodes.values().forEach(node -> node.server().shutdownNow());
        for (Node node : nodes.values()) {
            node.server().awaitTermination(5, TimeUnit.SECONDS);
        }
        NameResolverRegistry.getDefaultRegistry().deregister(resolvers);
    }

    private final class ResolverProvider extends NameResolverProvider {

        private final List<Resolver> live = new ArrayList<>();

        synchronized void push() {
            live.forEach(Resolver::push);
        }

        @Override
        public synchronized NameResolver newNameResolver(URI target, NameResolver.Args args) {
            if (!target.getScheme().equals(scheme)) {
                return null;
            }
            Resolver resolver = new Resolver(args);
            live.add(resolver);
            return resolver;
        }

        @Override
        public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
            return List.of(transport == Transport.NETTY ? InetSocketAddress.class : InProcessSocketAddress.class);
        }

        @Override
        public String getDefaultScheme() {
            return scheme;
        }

        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }
    }

    private final class Resolver extends NameResolver {

        private final Args args;
        private Listener2 listener;
        private boolean closed;

        Resolver(Args args) {
            this.args = args;
        }

        @Override
        public String getServiceAuthority() {
            return "orders";
        }

        @Override
        public void start(Listener2 listener) {
            this.listener = listener;
            push();
        }

        void push() {
            args.getSynchronizationContext().execute(() -> {
                if (listener != null && !closed) {
                    listener.onResult2(ResolutionResult.newBuilder()
                            .setAddressesOrError(StatusOr.fromValue(resolved))
                            .setAttributes(Attributes.newBuilder()
                                    .set(
                                            BalancerContext.KEY,
                                            BalancerContext.of(
                                                    "orders",
                                                    new Algorithms(List.of()).named("round-robin"),
                                                    BalancingPolicy.DEFAULTS,
                                                    registry))
                                    .set(ClusterLoadBalancerProvider.NO_INSTANCES, "orders: nobody")
                                    .build())
                            .build());
                }
            });
        }

        @Override
        public void shutdown() {
            closed = true;
        }
    }
}
