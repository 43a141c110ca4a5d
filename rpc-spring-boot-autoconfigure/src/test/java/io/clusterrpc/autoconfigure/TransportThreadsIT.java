/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/** With real connections to two instances. */
class TransportThreadsIT {

    private static final String OURS = "rpc-transport-";

    @TempDir
    private static Path directory;

    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

    @AfterEach
    void stop() {
        contexts.forEach(ConfigurableApplicationContext::close);
        Awaitility.await().until(() -> threads(OURS) == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void allConnectionsOfAllReferencesShareThem(int threads) {
        provider();
        provider();
        call(run(Consumer.class, "rpc.transport-threads=" + threads));
        assertThat(threads(OURS)).isEqualTo(threads);
    }

    @Test
    void halfOfTheProcessorsByDefault() {
        for (int i = 0; i < 4; i++) {
            provider();
        }
        call(run(Consumer.class));
        int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        assertThat(threads(OURS)).isEqualTo(Math.min(4, half));
    }

    @Test
    void noneWithoutACall() {
        run(Consumer.class, "rpc.transport-threads=1");
        assertThat(threads(OURS)).isZero();
    }

    @Test
    void aTargetOfItsOwnKeepsTheThreadsOfGrpc() {
        int port = provider();
        call(run(
                Consumer.class,
                "rpc.transport-threads=1",
                "spring.grpc.client.channel.greeter.target=static://127.0.0.1:" + port));
        assertThat(threads(OURS)).isZero();
    }

    @Test
    void eventLoopsOfTheApplicationWin() {
        provider();
        call(run(OwnLoops.class, "rpc.transport-threads=1"));
        assertThat(threads("own-loop-")).isEqualTo(1);
        assertThat(threads(OURS)).isZero();
    }

    /** As on systems for which there is no epoll. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyTransportServesAChannel(boolean epoll) throws InterruptedException {
        int port = provider();
        assumeThat(!epoll || TransportThreads.Loops.epoll()).isTrue();
        TransportThreads.Loops loops = TransportThreads.Loops.start(1, epoll);
        assertThat(loops.sockets().newChannel() instanceof EpollSocketChannel).isEqualTo(epoll);
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext();
        loops.customize(builder);
        ManagedChannel channel = builder.build();
        try {
            assertThat(GreeterGrpc.newBlockingStub(channel).sayHello(HelloRequest.getDefaultInstance()))
                    .isNotNull();
            assertThat(threads(OURS)).isEqualTo(1);
        } finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
            loops.close();
        }
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getName().startsWith(prefix))
                .count();
    }

    /** Every instance has a connection from the first call. */
    private static void call(ConfigurableApplicationContext consumer) {
        GreeterGrpc.GreeterBlockingStub greeter = consumer.getBean(Consumer.class).greeter;
        for (int i = 0; i < 20; i++) {
            assertThat(greeter.sayHello(HelloRequest.getDefaultInstance())).isNotNull();
        }
    }

    private int provider() {
        return run(
                        Provider.class,
                        "spring.application.name=greeter",
                        "spring.grpc.server.address=127.0.0.1",
                        "spring.grpc.server.port=0",
                        "rpc.provider.drain.notice=0s")
                .getBean(Provider.class)
                .port;
    }

    private ConfigurableApplicationContext run(Class<?> application, String... properties) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .properties(properties)
                .properties("spring.main.banner-mode=off", "rpc.discovery.local.directory=" + directory.resolve("meet"))
                .run();
        contexts.add(0, context);
        return context;
    }

    @RpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
            replies.onNext(HelloReply.getDefaultInstance());
            replies.onCompleted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Greeter.class)
    static class Provider {

        private int port;

        @EventListener
        void started(GrpcServerStartedEvent event) {
            port = event.getPort();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consumer {

        @RpcReference("greeter")
        private GreeterGrpc.GreeterBlockingStub greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnLoops extends Consumer {

        private static final MultiThreadIoEventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("own-loop", true), NioIoHandler.newFactory());

        @Bean
        static GrpcChannelBuilderCustomizer<NettyChannelBuilder> ownLoops() {
            return (channel, builder) -> builder.eventLoopGroup(LOOPS).channelType(NioSocketChannel.class);
        }
    }
}
