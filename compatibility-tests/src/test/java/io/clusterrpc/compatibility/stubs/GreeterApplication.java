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
import java.util.Map;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/** Offers the demo's service and refers to itself, with the stubs of two further generators, by name and by service, everywhere. */
@SpringBootApplication
class GreeterApplication {

    record Stubs(ReactorGreeterGrpc.ReactorGreeterStub reactor, GreeterGrpcKt.GreeterCoroutineStub coroutine) {}

    @Bean
    Stubs ofBeanMethod(
            @RpcReference("compatibility") ReactorGreeterGrpc.ReactorGreeterStub reactor,
            @RpcReference GreeterGrpcKt.GreeterCoroutineStub coroutine) {
        return new Stubs(reactor, coroutine);
    }

    @Component
    static class OfFields {

        @RpcReference
        ReactorGreeterGrpc.ReactorGreeterStub reactor;

        @RpcReference("compatibility")
        GreeterGrpcKt.GreeterCoroutineStub coroutine;
    }

    @Component
    static class OfConstructor {

        final Stubs stubs;

        OfConstructor(
                @RpcReference ReactorGreeterGrpc.ReactorGreeterStub reactor,
                @RpcReference("compatibility") GreeterGrpcKt.GreeterCoroutineStub coroutine) {
            this.stubs = new Stubs(reactor, coroutine);
        }
    }

    @Component
    static class OfMethod {

        Stubs stubs;

        @Autowired
        void use(
                @RpcReference("compatibility") ReactorGreeterGrpc.ReactorGreeterStub reactor,
                @RpcReference GreeterGrpcKt.GreeterCoroutineStub coroutine) {
            this.stubs = new Stubs(reactor, coroutine);
        }
    }

    @Bean
    Map<String, Stubs> everywhere(Stubs ofBeanMethod, OfFields fields, OfConstructor constructor, OfMethod method) {
        return Map.of(
                "bean method",
                ofBeanMethod,
                "fields",
                new Stubs(fields.reactor, fields.coroutine),
                "constructor",
                constructor.stubs,
                "method",
                method.stubs);
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
