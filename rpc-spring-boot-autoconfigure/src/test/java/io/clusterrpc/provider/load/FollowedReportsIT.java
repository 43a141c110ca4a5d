/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.provider.limit.ConcurrencyLimit;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Two servers that report their load, one of which takes four times as long for a call, and a consumer that follows the reports.
 * They share a process and hence its processors, so here the limit alone says how busy they are.
 */
class FollowedReportsIT {

    @Test
    void weightedRoundRobinFollowsWhatProvidersReport() throws Exception {
        try (Provider fast = new Provider(10);
                Provider slow = new Provider(40);
                ConfigurableApplicationContext consumer = new SpringApplicationBuilder(Consumer.class)
                        .web(WebApplicationType.NONE)
                        .properties(
                                "spring.main.banner-mode=off",
                                "spring.grpc.server.enabled=false",
                                "rpc.discovery.backends=fixed",
                                "rpc.discovery.fixed.greeter=" + fast.address() + "," + slow.address(),
                                "rpc.references.greeter.balancing.algorithm=weighted-round-robin",
                                "rpc.references.greeter.balancing.warm-up=0s",
                                "rpc.references.greeter.balancing.reported-load.blackout=0s",
                                "rpc.references.greeter.balancing.reported-load.update-period=100ms")
                        .run();
                Load load = new Load(
                        consumer.getBean(RpcReferences.class).stub("greeter", GreeterGrpc.GreeterStub.class))) {
            load.start(16);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                int fastBefore = fast.calls.get();
                int slowBefore = slow.calls.get();
                await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                double ratio = (double) (fast.calls.get() - fastBefore) / (slow.calls.get() - slowBefore);
                assertThat(ratio).isBetween(2.5, 6.0);
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consumer {}

    /** Calls that replace each other as they end. */
    private static final class Load implements AutoCloseable {

        private final GreeterGrpc.GreeterStub greeter;
        private final AtomicBoolean over = new AtomicBoolean();

        Load(GreeterGrpc.GreeterStub greeter) {
            this.greeter = greeter;
        }

        void start(int callers) {
            for (int i = 0; i < callers; i++) {
                next();
            }
        }

        private void next() {
            greeter.charge(HelloRequest.getDefaultInstance(), new StreamObserver<>() {
                @Override
                public void onNext(HelloReply reply) {}

                @Override
                public void onError(Throwable failure) {
                    over.set(true);
                }

                @Override
                public void onCompleted() {
                    if (!over.get()) {
                        next();
                    }
                }
            });
        }

        @Override
        public void close() {
            over.set(true);
        }
    }

    /** Lets 50 calls in at a time, and answers each after so many milliseconds. */
    private static final class Provider extends GreeterGrpc.GreeterImplBase implements AutoCloseable {

        private static final ConcurrencyLimit LIMIT = new ConcurrencyLimit() {
            @Override
            public int limit() {
                return 50;
            }

            @Override
            public void ended(long arrivedNanos, long endedNanos, int inFlight) {}
        };

        private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        private final AtomicInteger calls = new AtomicInteger();
        private final int millis;
        private final Server server;

        Provider(int millis) throws IOException {
            this.millis = millis;
            LoadShedder shedder = new LoadShedder(LIMIT);
            LoadReporter reporter = new LoadReporter(Duration.ofMillis(100), new WithoutCpu(shedder), System::nanoTime);
            this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addStreamTracerFactory(shedder.arrivals())
                    .addTransportFilter(reporter.connections())
                    .intercept(shedder)
                    .intercept(reporter)
                    .addService(this)
                    .build()
                    .start();
        }

        String address() {
            return "127.0.0.1:" + server.getPort();
        }

        @Override
        public void charge(HelloRequest request, StreamObserver<HelloReply> replies) {
            calls.incrementAndGet();
            later.schedule(
                    () -> {
                        replies.onNext(HelloReply.getDefaultInstance());
                        replies.onCompleted();
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() throws InterruptedException {
            server.shutdownNow();
            server.awaitTermination(5, TimeUnit.SECONDS);
            later.shutdownNow();
        }
    }

    private record WithoutCpu(LoadShedder shedder) implements LoadSource {

        @Override
        public int inFlight() {
            return shedder.inFlight();
        }

        @Override
        public int limit() {
            return shedder.limit();
        }

        @Override
        public long cpuNanos() {
            return -1;
        }

        @Override
        public int processors() {
            return 1;
        }
    }
}
