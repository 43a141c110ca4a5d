/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Hedged calls of every kind of stub, over real transports: the first server never answers. */
class HedgedStubsTests {

    @Test
    void aFrozenServerCostsTheDelayOnly() throws Exception {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        ExecutorService executor = Executors.newCachedThreadPool();
        for (ServerPair.Transport transport : ServerPair.Transport.values()) {
            try (ServerPair servers = new ServerPair(transport)) {
                servers.first.behaviour = observer -> {};
                CallStages stages = CallStages.of(
                        "greeter",
                        CallPolicy.DEFAULTS.withMode(CallMode.HEDGED, Duration.ofMillis(20)),
                        new Safeguards(
                                CircuitBreaker.of("greeter", ReferenceDefaults.circuitBreaker()),
                                Retry.of("greeter", ReferenceDefaults.retry()),
                                Fallbacks.NONE),
                        new CallRuntime(scheduler, executor),
                        List.of());
                Channel channel = ClientInterceptors.interceptForward(servers, stages.interceptors());
                HelloRequest request = HelloRequest.getDefaultInstance();
                for (int i = 0; i < 3; i++) {
                    assertThat(GreeterGrpc.newBlockingStub(channel)
                                    .sayHello(request)
                                    .getInstance())
                            .isEqualTo("second");
                    assertThat(GreeterGrpc.newFutureStub(channel)
                                    .sayHello(request)
                                    .get(4, TimeUnit.SECONDS)
                                    .getInstance())
                            .isEqualTo("second");
                    assertThat(async(channel, request).get(4, TimeUnit.SECONDS)).isEqualTo("second");
                }
                await().untilAsserted(() -> assertThat(servers.open).hasValue(0));
            }
        }
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    private static CompletableFuture<String> async(Channel channel, HelloRequest request) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        GreeterGrpc.newStub(channel).sayHello(request, new StreamObserver<>() {
            @Override
            public void onNext(HelloReply reply) {
                answer.complete(reply.getInstance());
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });
        return answer;
    }
}
