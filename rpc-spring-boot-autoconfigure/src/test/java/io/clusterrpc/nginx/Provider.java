/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.local.LocalDiscovery;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A greeter that registers and leaves as a provider of this library does; also the main class of one that can be killed. */
final class Provider extends GreeterGrpc.GreeterImplBase implements AutoCloseable {

    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private final String id;
    private final LocalDiscovery discovery;
    private final Server server;
    private final DiscoveryBackend.Registration registration;
    final Set<String> expectedInstances = ConcurrentHashMap.newKeySet();

    Provider(Path meetingPoint, String id, int weight) {
        this.id = id;
        this.discovery = new LocalDiscovery(meetingPoint, "nginx");
        try {
            this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(this)
                    .intercept(expectations())
                    .build()
                    .start();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        this.registration = discovery.register(ServiceInstance.builder("greeter", id, "127.0.0.1", server.getPort())
                .weight(weight)
                .build());
    }

    private ServerInterceptor expectations() {
        return new ServerInterceptor() {
            @Override
            public <A, B> ServerCall.Listener<A> interceptCall(
                    ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
                expectedInstances.add(String.valueOf(ExpectedInstance.read(headers)));
                return next.startCall(call, headers);
            }
        };
    }

    private HelloReply reply() {
        return HelloReply.newBuilder().setInstance(id).build();
    }

    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
        later.schedule(
                () -> {
                    replies.onNext(reply());
                    replies.onCompleted();
                },
                request.getDelayMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public StreamObserver<HelloRequest> chat(StreamObserver<HelloReply> replies) {
        return new StreamObserver<>() {
            @Override
            public void onNext(HelloRequest request) {
                replies.onNext(reply());
            }

            @Override
            public void onError(Throwable failure) {
                // The caller is gone.
            }

            @Override
            public void onCompleted() {
                replies.onCompleted();
            }
        };
    }

    /** Signs off, serves on for a notice time that covers the debounce of the gateway and a reload, and ends. */
    void leave(Duration notice) throws InterruptedException {
        registration.close();
        LockSupport.parkNanos(notice.toNanos());
        server.shutdown();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        later.shutdownNow();
        server.shutdownNow();
        discovery.close();
    }

    static Process process(Path meetingPoint, String id) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Provider.class.getName(),
                        meetingPoint.toString(),
                        id)
                .inheritIO()
                .start();
    }

    public static void main(String[] args) throws InterruptedException {
        Provider provider = new Provider(Path.of(args[0]), args[1], ServiceInstance.DEFAULT_WEIGHT);
        provider.server.awaitTermination();
    }
}
