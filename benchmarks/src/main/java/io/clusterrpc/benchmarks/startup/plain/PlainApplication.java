/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.startup.plain;

import io.clusterrpc.benchmarks.startup.MeasuredStart;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.stub.StreamObserver;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.service.GrpcService;

/** Offers a gRPC service and holds a stub of another, as Boot's own starters have it. */
@SpringBootApplication
class PlainApplication {

    public static void main(String[] args) {
        MeasuredStart.run(PlainApplication.class, args);
    }

    record Caller(GreeterGrpc.GreeterBlockingStub greeter) {}

    @Bean
    GreeterGrpc.GreeterBlockingStub greeter(GrpcChannelFactory channels) {
        return GreeterGrpc.newBlockingStub(channels.createChannel("plain"));
    }

    @Bean
    Caller caller(GreeterGrpc.GreeterBlockingStub greeter) {
        return new Caller(greeter);
    }

    @GrpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> reply) {
            reply.onNext(HelloReply.getDefaultInstance());
            reply.onCompleted();
        }
    }
}
