/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.RpcService;
import io.clusterrpc.provider.RecordingBackend;
import io.clusterrpc.testproto.FarewellGrpc;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.stub.StreamObserver;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerServicesAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.health.GrpcServerHealthAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** Applications that the tests of a provider run. */
final class ProviderApplications {

    private ProviderApplications() {}

    /** A server on loopback and any port, non-web unless the builder is told otherwise. */
    static SpringApplicationBuilder run(RecordingBackend backend, Class<?> application, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "spring.application.name=greeter",
                "spring.grpc.server.port=0",
                "spring.grpc.server.address=127.0.0.1",
                "spring.main.banner-mode=off"));
        all.addAll(List.of(properties));
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .initializers(context -> context.getBeanFactory().registerSingleton("backend", backend))
                .properties(all.toArray(String[]::new));
    }

    static RecordingBackend backend() {
        return new RecordingBackend(true, Duration.ofMillis(50));
    }

    /** Answers after the delay that the request asks for, and says which application it belongs to. */
    @RpcService
    static class GreeterService extends GreeterGrpc.GreeterImplBase {

        private final String instance;

        GreeterService(Environment environment) {
            this.instance = environment.getProperty("test.instance", "");
        }

        @Override
        public void charge(HelloRequest request, StreamObserver<HelloReply> replies) {
            CompletableFuture.delayedExecutor(request.getDelayMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> {
                        replies.onNext(
                                HelloReply.newBuilder().setInstance(instance).build());
                        replies.onCompleted();
                    });
        }
    }

    @RpcService
    static class SecondGreeterService extends GreeterGrpc.GreeterImplBase {}

    @RpcService
    static class FarewellService extends FarewellGrpc.FarewellImplBase {}

    @RpcService
    static class NoServiceAtAll {}

    /** What a provider needs of Boot, without the rest of the class path: dozens of contexts start here. */
    @Retention(RetentionPolicy.RUNTIME)
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        ApplicationAvailabilityAutoConfiguration.class,
        SslAutoConfiguration.class,
        GrpcServerAutoConfiguration.class,
        GrpcServerServicesAutoConfiguration.class,
        GrpcServerHealthAutoConfiguration.class,
        RpcDiscoveryAutoConfiguration.class,
        RpcProviderAutoConfiguration.class
    })
    @interface ProviderTestApplication {}

    @ProviderTestApplication
    @Import(GreeterService.class)
    static class GreeterApplication {}

    @ProviderTestApplication
    @Import({GreeterService.class, FarewellService.class})
    static class TwoServicesApplication {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(GreeterService.class)
    static class WholeApplication {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WholeConsumerApplication {}
}
