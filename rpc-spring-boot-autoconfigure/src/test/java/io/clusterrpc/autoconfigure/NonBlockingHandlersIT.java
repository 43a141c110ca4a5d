/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.RpcService;
import io.clusterrpc.testproto.FarewellGrpc;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/** On a real server, over one connection: what handlers do on the transport's thread, others of the connection must survive. */
class NonBlockingHandlersIT {

    private static final HelloRequest REQUEST = HelloRequest.getDefaultInstance();

    @TempDir
    private static Path directory;

    private ConfigurableApplicationContext context;
    private Provider provider;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        context = new SpringApplicationBuilder(Provider.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.application.name=greeter",
                        "spring.grpc.server.address=127.0.0.1",
                        "spring.grpc.server.port=0",
                        "rpc.provider.drain.notice=0s",
                        "rpc.provider.executor.non-blocking=rpctest.Greeter",
                        "rpc.discovery.local.directory=" + directory.resolve("meet"))
                .run();
        provider = context.getBean(Provider.class);
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", provider.port)
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        context.close();
    }

    @Test
    void theNamedServiceRunsOnTheTransportTheOtherOnAThreadOfHandlers() {
        assertThat(sayHello()).doesNotContain("grpc-handler-");
        assertThat(FarewellGrpc.newBlockingStub(channel).sayBye(REQUEST).getInstance())
                .contains("grpc-handler-");
    }

    @Test
    void anErrorEndsItsOwnCallOnly() throws Exception {
        Observed chat = new Observed();
        StreamObserver<HelloRequest> words = GreeterGrpc.newStub(channel).chat(chat);
        assertThatThrownBy(() -> GreeterGrpc.newBlockingStub(channel).charge(REQUEST))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNKNOWN");
        assertThat(sayHello()).isNotEmpty();
        words.onNext(REQUEST);
        words.onCompleted();
        assertThat(chat.all.get(10, TimeUnit.SECONDS)).hasSize(1);
    }

    @Test
    void streamsOfBothDirections() throws Exception {
        List<HelloReply> greetings = new ArrayList<>();
        GreeterGrpc.newBlockingStub(channel).listGreetings(REQUEST).forEachRemaining(greetings::add);
        assertThat(greetings).hasSize(100);
        Observed collected = new Observed();
        StreamObserver<HelloRequest> requests = GreeterGrpc.newStub(channel).collect(collected);
        for (int i = 0; i < 100; i++) {
            requests.onNext(REQUEST);
        }
        requests.onCompleted();
        assertThat(collected.all.get(10, TimeUnit.SECONDS))
                .singleElement()
                .satisfies(reply -> assertThat(reply.getMessage()).isEqualTo("100"));
    }

    @Test
    void aHandlerWhoseCallerIsGoneIsTold() throws Exception {
        Future<HelloReply> never = GreeterGrpc.newFutureStub(channel)
                .sayHello(HelloRequest.newBuilder().setName("never").build());
        assertThat(provider.greeter.waits.await(10, TimeUnit.SECONDS)).isTrue();
        never.cancel(true);
        assertThatThrownBy(never::get).isInstanceOf(CancellationException.class);
        assertThat(provider.greeter.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private String sayHello() {
        return GreeterGrpc.newBlockingStub(channel).sayHello(REQUEST).getInstance();
    }

    private static final class Observed implements StreamObserver<HelloReply> {

        private final List<HelloReply> replies = new ArrayList<>();
        private final CompletableFuture<List<HelloReply>> all = new CompletableFuture<>();

        @Override
        public void onNext(HelloReply reply) {
            replies.add(reply);
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            all.complete(replies);
        }
    }

    private static HelloReply.Builder reply() {
        return HelloReply.newBuilder().setInstance(Thread.currentThread().getName());
    }

    @RpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        private final CountDownLatch waits = new CountDownLatch(1);
        private final CountDownLatch cancelled = new CountDownLatch(1);

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
            if (request.getName().equals("never")) {
                Context.current().addListener(context -> cancelled.countDown(), Runnable::run);
                waits.countDown();
                return;
            }
            replies.onNext(reply().build());
            replies.onCompleted();
        }

        @Override
        public void charge(HelloRequest request, StreamObserver<HelloReply> replies) {
            throw new AssertionError("on purpose");
        }

        @Override
        public void listGreetings(HelloRequest request, StreamObserver<HelloReply> replies) {
            for (int i = 0; i < 100; i++) {
                replies.onNext(reply().build());
            }
            replies.onCompleted();
        }

        @Override
        public StreamObserver<HelloRequest> collect(StreamObserver<HelloReply> replies) {
            return answering(replies, false);
        }

        @Override
        public StreamObserver<HelloRequest> chat(StreamObserver<HelloReply> replies) {
            return answering(replies, true);
        }

        private static StreamObserver<HelloRequest> answering(StreamObserver<HelloReply> replies, boolean each) {
            return new StreamObserver<>() {

                private int heard;

                @Override
                public void onNext(HelloRequest request) {
                    heard++;
                    if (each) {
                        replies.onNext(reply().build());
                    }
                }

                @Override
                public void onError(Throwable gone) {}

                @Override
                public void onCompleted() {
                    if (!each) {
                        replies.onNext(reply().setMessage("" + heard).build());
                    }
                    replies.onCompleted();
                }
            };
        }
    }

    @RpcService
    static class Farewell extends FarewellGrpc.FarewellImplBase {

        @Override
        public void sayBye(HelloRequest request, StreamObserver<HelloReply> replies) {
            replies.onNext(reply().build());
            replies.onCompleted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Greeter.class, Farewell.class})
    static class Provider {

        private final Greeter greeter;
        private int port;

        Provider(Greeter greeter) {
            this.greeter = greeter;
        }

        @EventListener
        void started(GrpcServerStartedEvent event) {
            port = event.getPort();
        }
    }
}
