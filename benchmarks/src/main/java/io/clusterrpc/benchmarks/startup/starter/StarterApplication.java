/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.startup.starter;

import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.benchmarks.startup.MeasuredStart;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.stub.StreamObserver;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Offers a gRPC service and holds a stub of another, as this project has it. */
@SpringBootApplication
class StarterApplication {

    public static void main(String[] args) {
        MeasuredStart.run(StarterApplication.class, args);
    }

    record Caller(GreeterGrpc.GreeterBlockingStub greeter) {}

    @Bean
    Caller caller(@RpcReference("greeter") GreeterGrpc.GreeterBlockingStub greeter) {
        return new Caller(greeter);
    }

    @RpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> reply) {
            reply.onNext(HelloReply.getDefaultInstance());
            reply.onCompleted();
        }
    }
}
