/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Futures;
import io.clusterrpc.RpcReference;
import io.clusterrpc.testproto.PlaceReply;
import io.clusterrpc.testproto.PlaceRequest;
import io.clusterrpc.testproto.ShopGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Three servers, and a consumer that takes the key of a call from its request. */
@ExtendWith(OutputCaptureExtension.class)
class HashKeyIT {

    private final List<Server> servers = new ArrayList<>();
    private final Set<String> broken = new HashSet<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Server server : servers) {
            server.shutdownNow().awaitTermination();
        }
    }

    @Test
    void callsWithTheSameFieldGoToTheSameInstanceByEveryKindOfStub() throws Exception {
        try (ConfigurableApplicationContext context = consumer("request.customer_id")) {
            Consumer consumer = context.getBean(Consumer.class);
            Set<String> used = new HashSet<>();
            for (int i = 0; i < 30; i++) {
                PlaceRequest request =
                        PlaceRequest.newBuilder().setCustomerId("c-" + i).build();
                String owner = consumer.blocking.place(request).getInstance();
                assertThat(consumer.blocking.place(request).getInstance()).isEqualTo(owner);
                assertThat(consumer.blocking.watch(request).next().getInstance())
                        .isEqualTo(owner);
                assertThat(Futures.getUnchecked(consumer.future.place(request)).getInstance())
                        .isEqualTo(owner);
                used.add(owner);
            }
            assertThat(used).hasSize(3);
        }
    }

    @Test
    void anotherAttemptKeepsTheKey() throws Exception {
        try (ConfigurableApplicationContext context = consumer(
                "request.customer_id",
                "rpc.references.shop.balancing.ejection.enabled=false",
                "rpc.references.shop.retry-budget.min-per-second=1000",
                "resilience4j.circuitbreaker.instances.shop.minimum-number-of-calls=10000")) {
            ShopGrpc.ShopBlockingStub shop = context.getBean(Consumer.class).blocking;
            PlaceRequest request =
                    PlaceRequest.newBuilder().setCustomerId("c-1").build();
            String owner = shop.place(request).getInstance();
            broken.add(owner);
            Set<String> seconds = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                seconds.add(shop.place(request).getInstance());
            }
            assertThat(seconds).hasSize(1).doesNotContain(owner);
        }
    }

    @Test
    void callsWithoutTheFieldGoAnywhere() throws Exception {
        try (ConfigurableApplicationContext context = consumer("request.address.place.city")) {
            ShopGrpc.ShopBlockingStub shop = context.getBean(Consumer.class).blocking;
            PlaceRequest request =
                    PlaceRequest.newBuilder().setCustomerId("c-1").build();
            Set<String> used = new HashSet<>();
            for (int i = 0; i < 60; i++) {
                used.add(shop.place(request).getInstance());
            }
            assertThat(used).hasSize(3);
        }
    }

    @Test
    void anUnknownFieldStopsTheStart(CapturedOutput output) {
        assertThatThrownBy(() -> consumer("request.customer")).isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("rpc.references.shop.balancing.hash-key: request.customer is a field of no request")
                .contains("rpctest.PlaceRequest has no field 'customer' (expected: one of customer_id, address")
                .contains("Correct rpc.references.shop.balancing.hash-key");
    }

    private ConfigurableApplicationContext consumer(String key, String... further) throws IOException {
        for (int i = 0; i < 3; i++) {
            servers.add(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new Shop("s" + i))
                    .build()
                    .start());
        }
        String addresses =
                servers.stream().map(server -> "127.0.0.1:" + server.getPort()).collect(Collectors.joining(","));
        List<String> properties = new ArrayList<>(List.of(
                "spring.main.banner-mode=off",
                "spring.grpc.server.enabled=false",
                "rpc.discovery.backends=fixed",
                "rpc.discovery.fixed.shop=" + addresses,
                "rpc.references.shop.eager=true",
                "rpc.references.shop.balancing.algorithm=consistent-hash",
                "rpc.references.shop.balancing.hash-key=" + key));
        properties.addAll(List.of(further));
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Consumer.class)
                .web(WebApplicationType.NONE)
                .properties(properties.toArray(String[]::new))
                .run();
        // Keys are where they belong once every instance is connected.
        ShopGrpc.ShopBlockingStub shop = context.getBean(Consumer.class).blocking;
        Set<String> used = new HashSet<>();
        for (int i = 0; i < 1_000 && used.size() < 3; i++) {
            used.add(shop.place(PlaceRequest.newBuilder()
                            .setCustomerId("warm-" + i)
                            .setAddress(io.clusterrpc.testproto.Address.newBuilder()
                                    .setPlace(io.clusterrpc.testproto.Place.newBuilder()
                                            .setCity("warm-" + i)))
                            .build())
                    .getInstance());
        }
        return context;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consumer {

        @RpcReference("shop")
        private ShopGrpc.ShopBlockingStub blocking;

        @RpcReference("shop")
        private ShopGrpc.ShopFutureStub future;
    }

    private final class Shop extends ShopGrpc.ShopImplBase {

        private final PlaceReply reply;

        Shop(String id) {
            this.reply = PlaceReply.newBuilder().setInstance(id).build();
        }

        @Override
        public void place(PlaceRequest request, StreamObserver<PlaceReply> replies) {
            if (broken.contains(reply.getInstance())) {
                replies.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            replies.onNext(reply);
            replies.onCompleted();
        }

        @Override
        public void watch(PlaceRequest request, StreamObserver<PlaceReply> replies) {
            replies.onNext(reply);
            replies.onCompleted();
        }
    }
}
