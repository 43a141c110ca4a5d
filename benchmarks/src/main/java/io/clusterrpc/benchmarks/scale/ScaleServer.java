/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that plays many instances: one gRPC server that listens on many ports. Prints its ports in a line, and then, for each
 * line that it reads, how many connections were ever made to it; ends with its input.
 */
final class ScaleServer {

    private ScaleServer() {}

    /** Argument: how many ports. */
    public static void main(String[] args) throws Exception {
        AtomicLong connections = new AtomicLong();
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(anyPort);
        for (int i = 1; i < Integer.parseInt(args[0]); i++) {
            builder.addListenAddress(anyPort);
        }
        Server server = builder.addService(new Greeter())
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        connections.incrementAndGet();
                        return attributes;
                    }
                })
                .build()
                .start();
        StringJoiner ports = new StringJoiner(",");
        server.getListenSockets().forEach(socket -> ports.add(String.valueOf(((InetSocketAddress) socket).getPort())));
        System.out.println(ports);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            while (in.readLine() != null) {
                System.out.println(connections.get());
            }
        }
        server.shutdownNow();
    }

    private static final class Greeter extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> response) {
            response.onNext(
                    HelloReply.newBuilder().setMessage(request.getName()).build());
            response.onCompleted();
        }
    }
}
