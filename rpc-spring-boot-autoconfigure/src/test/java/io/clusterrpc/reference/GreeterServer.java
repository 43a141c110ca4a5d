/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A gRPC server on a free loopback port that answers with its own id. */
public final class GreeterServer extends GreeterGrpc.GreeterImplBase implements AutoCloseable {

    private final String id;
    private final Server server;
    private final AtomicInteger calls = new AtomicInteger();

    public GreeterServer(String id) {
        this.id = id;
        try {
            this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                    .addService(this)
                    .build()
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public ServiceInstance instance(String service) {
        return ServiceInstance.builder(service, id, "127.0.0.1", server.getPort())
                .grpcServices(Set.of(GreeterGrpc.SERVICE_NAME))
                .build();
    }

    public int port() {
        return server.getPort();
    }

    public int calls() {
        return calls.get();
    }

    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> response) {
        calls.incrementAndGet();
        if (request.getDelayMillis() > 0) {
            return; // nobody waits that long
        }
        response.onNext(HelloReply.newBuilder()
                .setMessage("Hello " + request.getName())
                .setInstance(id)
                .build());
        response.onCompleted();
    }

    @Override
    public void charge(HelloRequest request, StreamObserver<HelloReply> response) {
        sayHello(request, response);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
