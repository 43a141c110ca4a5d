/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.compatibility.devtools;

import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.discovery.Directory;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

/** Calls itself when it is ready and says what came of it: in a process of its own, because DevTools restarts what main began. */
@SpringBootApplication
class DevToolsApplication {

    public static void main(String[] args) {
        SpringApplication.run(DevToolsApplication.class, args);
    }

    @Bean
    Caller caller(@RpcReference("devtools") GreeterGrpc.GreeterBlockingStub greeter, Directory directory) {
        return new Caller(greeter, directory);
    }

    static class Caller {

        private static final Logger logger = LoggerFactory.getLogger(Caller.class);

        private final GreeterGrpc.GreeterBlockingStub greeter;
        private final Directory directory;

        Caller(GreeterGrpc.GreeterBlockingStub greeter, Directory directory) {
            this.greeter = greeter;
            this.directory = directory;
        }

        /** On a thread of its own, since the application announces itself after this event only. */
        @EventListener(ApplicationReadyEvent.class)
        void callOnceThereIsAnInstance() {
            new Thread(this::call, "caller").start();
        }

        private void call() {
            String answer = greeter.withWaitForReady()
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .sayHello(HelloRequest.newBuilder().setName("Ada").build())
                    .getMessage();
            logger.info(
                    "answer: {}, instances: {}, loaded by {}",
                    answer,
                    directory.snapshot("devtools").members().size(),
                    getClass().getClassLoader().getClass().getSimpleName());
        }
    }

    @RpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> reply) {
            reply.onNext(HelloReply.newBuilder()
                    .setMessage("Hello " + request.getName())
                    .build());
            reply.onCompleted();
        }
    }
}
