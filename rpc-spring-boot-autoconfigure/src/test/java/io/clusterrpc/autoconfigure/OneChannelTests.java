/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.reference.GreeterServer;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/** A reference has one channel, whoever comes first and however many, and the context closes it. */
class OneChannelTests {

    private static final int CALLERS = 16;

    private final MemoryDiscovery registry = new MemoryDiscovery(true);
    private final GreeterServer server = new GreeterServer("one");
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
        server.close();
        registry.close();
    }

    @Test
    void isSharedByAllWhoComeFirstAndClosedWithTheContext() {
        registry.join(server.instance("greeter"));
        List<Channel> channels = new ArrayList<>();
        RpcReferenceAutoConfigurationTests.runner(registry)
                .withUserConfiguration(Counting.class)
                .run(context -> {
                    RpcReferences references = context.getBean(RpcReferences.class);
                    CyclicBarrier together = new CyclicBarrier(CALLERS);
                    List<Future<Channel>> answers = new ArrayList<>();
                    for (int i = 0; i < CALLERS; i++) {
                        answers.add(threads.submit(() -> {
                            together.await();
                            GreeterGrpc.GreeterBlockingStub stub =
                                    references.stub("greeter", GreeterGrpc.GreeterBlockingStub.class);
                            stub.sayHello(HelloRequest.getDefaultInstance());
                            return stub.getChannel();
                        }));
                    }
                    for (Future<Channel> answer : answers) {
                        channels.add(answer.get(20, TimeUnit.SECONDS));
                    }
                    assertThat(context.getBean(AtomicInteger.class))
                            .as("channels built")
                            .hasValue(1);
                    assertThat(channels).containsOnly(references.channel("greeter"));
                });
        assertThat(((ManagedChannel) channels.get(0)).isShutdown()).isTrue();
    }

    @Configuration(proxyBeanMethods = false)
    static class Counting {

        @Bean
        AtomicInteger built() {
            return new AtomicInteger();
        }

        @Bean
        <T extends ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> counts(AtomicInteger built) {
            return (channel, builder) -> built.incrementAndGet();
        }
    }
}
