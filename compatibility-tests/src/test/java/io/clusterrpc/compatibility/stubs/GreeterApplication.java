/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.compatibility.stubs;

import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.GreeterGrpcKt;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.demo.api.ReactorGreeterGrpc;
import io.grpc.stub.StreamObserver;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Offers the demo's service and refers to itself, with the stubs of two further generators: one found by name, one by its service. */
@SpringBootApplication
class GreeterApplication {

    record Stubs(ReactorGreeterGrpc.ReactorGreeterStub reactor, GreeterGrpcKt.GreeterCoroutineStub coroutine) {}

    @Bean
    Stubs stubs(
            @RpcReference("compatibility") ReactorGreeterGrpc.ReactorGreeterStub reactor,
            @RpcReference GreeterGrpcKt.GreeterCoroutineStub coroutine) {
        return new Stubs(reactor, coroutine);
    }

    @RpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> reply) {
            reply.onNext(HelloReply.newBuilder()
                    .setMessage("Hello, " + request.getName())
                    .build());
            reply.onCompleted();
        }

        @Override
        public void listGreetings(HelloRequest request, StreamObserver<HelloReply> reply) {
            for (String word : new String[] {"Hello", "Bonjour", "Hallo"}) {
                reply.onNext(HelloReply.newBuilder()
                        .setMessage(word + ", " + request.getName())
                        .build());
            }
            reply.onCompleted();
        }
    }
}
