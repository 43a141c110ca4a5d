/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.CallListener;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.reference.GreeterServer;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ReferenceEventLoopsTests {

    private final MemoryDiscovery registry = new MemoryDiscovery(true);
    private final GreeterServer one = new GreeterServer("one");
    private final GreeterServer two = new GreeterServer("two");
    private final Queue<String> threads = new ConcurrentLinkedQueue<>();

    /** Answers are told where they are read. */
    private final ApplicationContextRunner runner = RpcReferenceAutoConfigurationTests.runner(registry)
            .withPropertyValues("rpc.defaults.read-responses-on=transport")
            .withBean(CallListener.class, Threads::new)
            .withUserConfiguration(RpcReferenceAutoConfigurationTests.Single.class);

    @BeforeEach
    void join() {
        registry.join(one.instance("greeter"));
        registry.join(two.instance("greeter"));
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        registry.close();
    }

    @Test
    void referencesHaveAsManyAsConfigured() {
        runner.withPropertyValues("rpc.event-loops=1").run(context -> {
            call(context.getBean(RpcReferenceAutoConfigurationTests.Single.class));
            assertThat(threads)
                    .allMatch(name -> name.startsWith("rpc-transport"))
                    .isNotEmpty();
            assertThat(threads.stream().distinct()).hasSize(1);
        });
    }

    @Test
    void otherwiseThoseOfGrpc() {
        runner.run(context -> {
            assertThat(context).doesNotHaveBean(ReferenceEventLoops.class);
            call(context.getBean(RpcReferenceAutoConfigurationTests.Single.class));
            assertThat(threads)
                    .allMatch(name -> name.startsWith("grpc-default-worker"))
                    .isNotEmpty();
        });
    }

    @Test
    void noneIsAMistake() {
        runner.withPropertyValues("rpc.event-loops=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("rpc.event-loops: 0 (expected: 1..1024)"));
    }

    private static void call(RpcReferenceAutoConfigurationTests.Single consumer) {
        for (int i = 0; i < 10; i++) {
            consumer.greeter.sayHello(HelloRequest.newBuilder().setName("you").build());
        }
    }

    private final class Threads implements CallListener {

        @Override
        public void attemptEnded(
                String reference,
                MethodDescriptor<?, ?> method,
                @Nullable ServiceInstance instance,
                int attempt,
                Status.Code code,
                long nanos) {
            threads.add(Thread.currentThread().getName());
        }
    }
}
