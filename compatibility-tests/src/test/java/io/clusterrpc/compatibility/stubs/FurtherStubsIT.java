/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.compatibility.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.compatibility.stubs.GreeterApplication.Stubs;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.flow.FlowKt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stubs of the reactor and the Kotlin generator reach an instance through discovery, like those of grpc-java. */
class FurtherStubsIT {

    private static final HelloRequest ADA =
            HelloRequest.newBuilder().setName("Ada").build();

    private static ConfigurableApplicationContext context;

    @BeforeAll
    static void start() {
        context = new SpringApplicationBuilder(GreeterApplication.class)
                .properties(
                        "spring.application.name=compatibility",
                        "spring.grpc.server.address=127.0.0.1",
                        "spring.grpc.server.port=0",
                        "rpc.provider.drain.notice=0s",
                        "rpc.discovery.local.namespace=compatibility-" + UUID.randomUUID())
                .run();
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static Stubs stubs(String injectionPoint) {
        return (Stubs) context.getBean("everywhere", Map.class).get(injectionPoint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean method", "fields", "constructor", "method"})
    void reactorStubCallsUnaryAndStreaming(String injectionPoint) {
        Stubs stubs = stubs(injectionPoint);
        Mono<HelloReply> one = stubs.reactor().sayHello(Mono.just(ADA));
        assertThat(one.block(Duration.ofSeconds(10)))
                .extracting(HelloReply::getMessage)
                .isEqualTo("Hello, Ada");

        Flux<HelloReply> many = stubs.reactor().listGreetings(Mono.just(ADA));
        assertThat(many.map(HelloReply::getMessage).collectList().block(Duration.ofSeconds(10)))
                .containsExactly("Hello, Ada", "Bonjour, Ada", "Hallo, Ada");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean method", "fields", "constructor", "method"})
    void coroutineStubCallsUnaryAndStreaming(String injectionPoint) throws InterruptedException {
        Stubs stubs = stubs(injectionPoint);
        HelloReply one = BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE,
                (scope, continuation) -> stubs.coroutine().sayHello(ADA, new Metadata(), continuation));
        assertThat(one.getMessage()).isEqualTo("Hello, Ada");

        List<? extends HelloReply> many = BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE,
                (scope, continuation) -> FlowKt.toList(
                        stubs.coroutine().listGreetings(ADA, new Metadata()), new ArrayList<>(), continuation));
        assertThat(many).extracting(HelloReply::getMessage).containsExactly("Hello, Ada", "Bonjour, Ada", "Hallo, Ada");
    }
}
