/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.RpcReference;
import io.clusterrpc.testproto.PlaceReply;
import io.clusterrpc.testproto.PlaceRequest;
import io.clusterrpc.testproto.ShopGrpc;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Servers at fixed addresses that are all gone for a while: nobody tells when they are back. */
class FixedOutageIT {

    private final List<Server> servers = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Server server : servers) {
            server.shutdownNow().awaitTermination();
        }
    }

    @Test
    void callsWorkSoonAfterTheReturn() throws Exception {
        List<Integer> ports = List.of(start(0), start(0));
        try (ConfigurableApplicationContext context = consumer(ports)) {
            ShopGrpc.ShopBlockingStub shop = context.getBean(Consumer.class).shop;
            call(shop);
            stop();
            await().pollInterval(Duration.ofMillis(20))
                    .during(Duration.ofMillis(5_500))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> fails(shop));
            for (int port : ports) {
                start(port);
            }
            long back = System.nanoTime();
            await().pollInterval(Duration.ofMillis(20)).until(() -> !fails(shop));
            assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(2));
        }
    }

    private static boolean fails(ShopGrpc.ShopBlockingStub shop) {
        try {
            call(shop);
            return false;
        } catch (StatusRuntimeException e) {
            return true;
        }
    }

    private static void call(ShopGrpc.ShopBlockingStub shop) {
        shop.place(PlaceRequest.getDefaultInstance());
    }

    private int start(int port) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(new Shop())
                .build()
                .start();
        servers.add(server);
        return server.getPort();
    }

    private static ConfigurableApplicationContext consumer(List<Integer> ports) {
        String addresses = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        return new SpringApplicationBuilder(Consumer.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.grpc.server.enabled=false",
                        "rpc.discovery.backends=fixed",
                        "rpc.discovery.fixed.shop=" + addresses)
                .run();
    }

    private static final class Shop extends ShopGrpc.ShopImplBase {

        @Override
        public void place(PlaceRequest request, StreamObserver<PlaceReply> reply) {
            reply.onNext(PlaceReply.getDefaultInstance());
            reply.onCompleted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consumer {

        @RpcReference("shop")
        ShopGrpc.ShopBlockingStub shop;
    }
}
