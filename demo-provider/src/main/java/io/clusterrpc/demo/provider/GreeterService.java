/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.demo.provider;

import io.clusterrpc.RpcService;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.demo.api.OrderReply;
import io.clusterrpc.demo.api.OrderRequest;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

@RpcService
class GreeterService extends GreeterGrpc.GreeterImplBase {

    private final AtomicLong orders = new AtomicLong();
    private volatile String instance = "not started";

    @EventListener
    void started(GrpcServerStartedEvent event) {
        instance = "pid " + ProcessHandle.current().pid() + ", port " + event.getPort();
    }

    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> reply) {
        reply.onNext(greeting("Hello", request));
        reply.onCompleted();
    }

    @Override
    public void placeOrder(OrderRequest request, StreamObserver<OrderReply> reply) {
        long number = orders.incrementAndGet();
        reply.onNext(
                OrderReply.newBuilder().setNumber(number).setInstance(instance).build());
        reply.onCompleted();
    }

    @Override
    public void listGreetings(HelloRequest request, StreamObserver<HelloReply> replies) {
        List.of("Hello", "Bonjour", "Hallo", "Ciao").forEach(word -> replies.onNext(greeting(word, request)));
        replies.onCompleted();
    }

    private HelloReply greeting(String word, HelloRequest request) {
        return HelloReply.newBuilder()
                .setMessage(word + ", " + request.getName())
                .setInstance(instance)
                .build();
    }
}
