/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.discovery.Directory;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The consumer under test while it runs. */
final class Consumer implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    /** Its picks go to the file of that name among the samples. */
    Consumer(Stage stage, Registry registry, String picks) {
        context = new SpringApplicationBuilder(DiscoveryConsumer.class)
                .web(WebApplicationType.NONE)
                .initializers(created -> created.getBeanFactory().registerSingleton("timeline", stage.timeline))
                .run(Stream.concat(
                                Stream.of(registry.arguments()),
                                Stream.of(
                                        "--spring.application.name=discovery",
                                        "--discovery.picks=" + stage.results.resolve(picks),
                                        "--rpc.references.greeter.balancing.algorithm=round-robin",
                                        "--rpc.references.greeter.balancing.warm-up=0s"))
                        .toArray(String[]::new));
        settle(greeter().getChannel());
    }

    GreeterStub greeter() {
        return context.getBean(DiscoveryConsumer.Stub.class).greeter();
    }

    Directory directory() {
        return context.getBean(Directory.class);
    }

    static void settle(Channel channel) {
        var stub = GreeterGrpc.newBlockingStub(channel);
        Stage.until("calls are answered", () -> {
            try {
                for (int i = 0; i < 200; i++) {
                    stub.sayHello(HelloRequest.getDefaultInstance());
                }
                return true;
            } catch (StatusRuntimeException notYet) {
                return false;
            }
        });
    }

    @Override
    public void close() {
        context.close();
    }
}
