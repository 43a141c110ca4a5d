/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers with its id, after the time asked for; the name "fail" is answered UNAVAILABLE, the name "hang" never. */
final class GreeterServer extends GreeterGrpc.GreeterImplBase implements AutoCloseable {

    private final String id;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    final AtomicInteger connected = new AtomicInteger();
    final AtomicInteger calls = new AtomicInteger();
    final Collection<String> expectedInstances = new ConcurrentLinkedQueue<>();

    GreeterServer(String id) {
        this.id = id;
    }

    ServerServiceDefinition bound() {
        return ServerInterceptors.intercept(this, new ServerInterceptor() {
            @Override
            public <A, B> ServerCall.Listener<A> interceptCall(
                    ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
                expectedInstances.add(String.valueOf(ExpectedInstance.read(headers)));
                return next.startCall(call, headers);
            }
        });
    }

    ServerTransportFilter connections() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                connected.incrementAndGet();
                return attributes;
            }
        };
    }

    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> responses) {
        calls.incrementAndGet();
        switch (request.getName()) {
            case "hang" -> {}
            case "fail" -> responses.onError(Status.UNAVAILABLE.asRuntimeException());
            case "missing" -> responses.onError(Status.NOT_FOUND.asRuntimeException());
            default -> answer(request, responses);
        }
    }

    @Override
    public void charge(HelloRequest request, StreamObserver<HelloReply> responses) {
        sayHello(request, responses);
    }

    @Override
    public void listGreetings(HelloRequest request, StreamObserver<HelloReply> responses) {
        sayHello(request, responses);
    }

    private void answer(HelloRequest request, StreamObserver<HelloReply> responses) {
        Runnable reply = () -> {
            responses.onNext(HelloReply.newBuilder().setInstance(id).build());
            responses.onCompleted();
        };
        if (request.getDelayMillis() == 0) {
            reply.run();
        } else {
            later.schedule(reply, request.getDelayMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public StreamObserver<HelloRequest> chat(StreamObserver<HelloReply> responses) {
        calls.incrementAndGet();
        return new StreamObserver<>() {
            @Override
            public void onNext(HelloRequest request) {
                responses.onNext(HelloReply.newBuilder().setInstance(id).build());
            }

            @Override
            public void onError(Throwable e) {
                // the client is gone
            }

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }
        };
    }

    @Override
    public void close() {
        later.shutdownNow();
    }
}
