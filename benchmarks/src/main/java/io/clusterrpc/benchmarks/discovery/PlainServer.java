/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.demo.api.OrderReply;
import io.clusterrpc.demo.api.OrderRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A gRPC server with health that registers nowhere, in this process or in one of its own that can be killed. */
final class PlainServer extends GreeterGrpc.GreeterImplBase implements AutoCloseable {

    private final Server server;

    PlainServer() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
        replies.onNext(HelloReply.newBuilder().setInstance("port " + port()).build());
        replies.onCompleted();
    }

    @Override
    public void placeOrder(OrderRequest request, StreamObserver<OrderReply> replies) {
        replies.onNext(OrderReply.newBuilder().setInstance("port " + port()).build());
        replies.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    /** One in a process of its own. */
    static final class Doomed implements AutoCloseable {

        private static final int WARM_UP_CALLS = 300;

        private final Process process;
        private int port;

        Doomed(Path log) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            PlainServer.class.getName())
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        }

        /** Waits until it serves. */
        int port() throws IOException {
            if (port == 0) {
                String line = new BufferedReader(
                                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                        .readLine();
                port = Integer.parseInt(String.valueOf(line));
            }
            return port;
        }

        /** Has it load and compile what a call takes. */
        void warmUp() throws IOException {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port())
                    .usePlaintext()
                    .build();
            try {
                for (int i = 0; i < WARM_UP_CALLS; i++) {
                    GreeterGrpc.newBlockingStub(channel).sayHello(HelloRequest.getDefaultInstance());
                    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
                }
            } finally {
                channel.shutdownNow();
            }
        }

        void kill() {
            process.destroyForcibly();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** Says its port, and ends with its standard input. */
    public static void main(String[] args) throws IOException {
        try (PlainServer server = new PlainServer()) {
            System.out.println(server.port());
            System.in.read();
        }
    }
}
