/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static io.clusterrpc.autoconfigure.ProviderApplications.backend;
import static io.clusterrpc.autoconfigure.ProviderApplications.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.RpcService;
import io.clusterrpc.autoconfigure.ProviderApplications.ProviderTestApplication;
import io.clusterrpc.testproto.FarewellGrpc;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** What Spring gRPC's {@code @GrpcService} says about interceptors can be said with {@code @RpcService}. */
class RpcServiceInterceptorsTests {

    @Test
    void interceptorsOfAServiceAreCalledForItAloneAndInItsOrder() {
        try (ConfigurableApplicationContext context =
                run(backend(), Application.class).run()) {
            Passed passed = context.getBean(Passed.class);
            ManagedChannel channel = ManagedChannelBuilder.forAddress(
                            "127.0.0.1",
                            context.getBean(GrpcServerLifecycle.class).getPort())
                    .usePlaintext()
                    .build();
            try {
                GreeterGrpc.newBlockingStub(channel).sayHello(HelloRequest.getDefaultInstance());
                assertThat(passed.names).containsExactly("first", "global", "named");
                passed.names.clear();
                FarewellGrpc.newBlockingStub(channel).sayBye(HelloRequest.getDefaultInstance());
                assertThat(passed.names).containsExactly("global");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    /** Sorted among the global ones, which is what {@code blendWithGlobalInterceptors} says. */
    @RpcService(interceptors = First.class, interceptorNames = "named", blendWithGlobalInterceptors = true)
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
            replies.onNext(HelloReply.getDefaultInstance());
            replies.onCompleted();
        }
    }

    @RpcService
    static class Farewell extends FarewellGrpc.FarewellImplBase {

        @Override
        public void sayBye(HelloRequest request, StreamObserver<HelloReply> replies) {
            replies.onNext(HelloReply.getDefaultInstance());
            replies.onCompleted();
        }
    }

    record Passed(List<String> names) {}

    @Order(1)
    static class First extends Passing {

        First(Passed passed) {
            super("first", passed);
        }
    }

    static class Passing implements ServerInterceptor {

        private final String name;
        private final Passed passed;

        Passing(String name, Passed passed) {
            this.name = name;
            this.passed = passed;
        }

        @Override
        public <Q, P> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
            passed.names().add(name);
            return next.startCall(call, headers);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ProviderTestApplication
    @Import({Greeter.class, Farewell.class, First.class})
    static class Application {

        @Bean
        Passed passed() {
            return new Passed(new CopyOnWriteArrayList<>());
        }

        @Bean
        @Order(2)
        @GlobalServerInterceptor
        Passing global(Passed passed) {
            return new Passing("global", passed);
        }

        @Bean
        @Order(3)
        Passing named(Passed passed) {
            return new Passing("named", passed);
        }
    }
}
