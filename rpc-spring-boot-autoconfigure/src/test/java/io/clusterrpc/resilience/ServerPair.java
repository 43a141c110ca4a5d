/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Two real servers, and a channel that picks the first one for the first attempt of a call and the second one for all others. What they
 * do with a call is up to the test; at first they answer.
 */
final class ServerPair extends Channel implements AutoCloseable {

    enum Transport {
        IN_PROCESS,
        NETTY
    }

    final Greeter first = new Greeter("first");
    final Greeter second = new Greeter("second");
    final AtomicInteger open = new AtomicInteger();
    private final List<Server> servers;
    private final List<ManagedChannel> channels;

    ServerPair(Transport transport) throws IOException {
        if (transport == Transport.IN_PROCESS) {
            String name = InProcessServerBuilder.generateName();
            servers = List.of(
                    InProcessServerBuilder.forName(name)
                            .addService(first)
                            .build()
                            .start(),
                    InProcessServerBuilder.forName(name + "2")
                            .addService(second)
                            .build()
                            .start());
            channels = List.of(
                    InProcessChannelBuilder.forName(name).build(),
                    InProcessChannelBuilder.forName(name + "2").build());
        } else {
            servers = List.of(netty(first), netty(second));
            channels = servers.stream()
                    .<ManagedChannel>map(server -> NettyChannelBuilder.forAddress(
                                    InetAddress.getLoopbackAddress().getHostAddress(), server.getPort())
                            .usePlaintext()
                            .build())
                    .toList();
        }
    }

    private static Server netty(Greeter greeter) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(greeter)
                .build()
                .start();
    }

    /** As a killed process: connections break, and nobody listens any more. */
    void killFirst() throws InterruptedException {
        servers.get(0).shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        Attempt attempt = options.getOption(Attempt.KEY);
        attempt.balanced();
        // What was not reached is not among the tried; the balancer would know that its connection is broken.
        int picked = attempt.number() == 1 ? 0 : 1;
        ServiceInstance instance = ServiceInstance.builder("greeter", picked == 0 ? "first" : "second", "127.0.0.1", 1)
                .build();
        return channels.get(picked).newCall(method, options.withStreamTracerFactory(new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
                return new ClientStreamTracer() {
                    @Override
                    public void streamCreated(Attributes attributes, Metadata headers) {
                        open.incrementAndGet();
                        attempt.streamCreated(instance, open::decrementAndGet);
                    }
                };
            }
        }));
    }

    @Override
    public String authority() {
        return "greeter";
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
    }

    static final class Greeter extends GreeterGrpc.GreeterImplBase {

        private final String name;
        final AtomicInteger calls = new AtomicInteger();
        volatile Consumer<StreamObserver<HelloReply>> behaviour = this::answer;

        Greeter(String name) {
            this.name = name;
        }

        private void answer(StreamObserver<HelloReply> observer) {
            observer.onNext(reply());
            observer.onCompleted();
        }

        HelloReply reply() {
            return HelloReply.newBuilder().setInstance(name).build();
        }

        private void handle(StreamObserver<HelloReply> observer) {
            calls.incrementAndGet();
            behaviour.accept(observer);
        }

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> observer) {
            handle(observer);
        }

        @Override
        public void charge(HelloRequest request, StreamObserver<HelloReply> observer) {
            handle(observer);
        }

        @Override
        public void listGreetings(HelloRequest request, StreamObserver<HelloReply> observer) {
            handle(observer);
        }

        @Override
        public StreamObserver<HelloRequest> chat(StreamObserver<HelloReply> observer) {
            handle(observer);
            return new StreamObserver<>() {
                @Override
                public void onNext(HelloRequest request) {}

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {}
            };
        }
    }
}
