/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.RpcReference;
import io.clusterrpc.reference.GreeterServer;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.reference.UnresolvableReferenceException;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Every stub of grpc-java at every kind of injection point, and what is none. */
class InjectionPointsTests {

    private static final HelloRequest REQUEST = HelloRequest.getDefaultInstance();

    private final MemoryDiscovery registry = new MemoryDiscovery(true);
    private final GreeterServer server = new GreeterServer("one");

    @AfterEach
    void stop() {
        server.close();
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                OfFields.class,
                OfConstructor.class,
                OfRecord.class,
                OfMethod.class,
                OfMethodParameters.class,
                OfBeanMethod.class,
                OfInheritedFields.class,
                OfProviders.class
            })
    void everyKindOfStubIsInjected(Class<?> consumer) {
        registry.join(server.instance("greeter"));
        RpcReferenceAutoConfigurationTests.runner(registry)
                .withUserConfiguration(consumer)
                .run(context -> {
                    Stubs stubs = context.getBean(Consumer.class).stubs();
                    assertThat(stubs.blocking().sayHello(REQUEST).getInstance()).isEqualTo("one");
                    assertThat(stubs.blockingV2().sayHello(REQUEST).getInstance())
                            .isEqualTo("one");
                    assertThat(stubs.future()
                                    .sayHello(REQUEST)
                                    .get(5, TimeUnit.SECONDS)
                                    .getInstance())
                            .isEqualTo("one");
                    assertThat(answer(stubs.async()).get(5, TimeUnit.SECONDS).getInstance())
                            .isEqualTo("one");
                    assertThat(GreeterGrpc.newBlockingStub(stubs.channel())
                                    .sayHello(REQUEST)
                                    .getInstance())
                            .isEqualTo("one");
                    assertThat(context.getBean(RpcReferences.class).states()).hasSize(1);
                });
    }

    private static CompletableFuture<HelloReply> answer(GreeterGrpc.GreeterStub stub) {
        CompletableFuture<HelloReply> answer = new CompletableFuture<>();
        stub.sayHello(REQUEST, new StreamObserver<>() {
            @Override
            public void onNext(HelloReply reply) {
                answer.complete(reply);
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

    @Test
    void whatABeanMethodReturnsAsAnInterfaceGetsItsReferences() {
        registry.join(server.instance("greeter"));
        RpcReferenceAutoConfigurationTests.runner(registry)
                .withUserConfiguration(BehindAnInterface.class)
                .withPropertyValues("rpc.defaults.eager=true", "rpc.defaults.eager-timeout=5s")
                .run(context -> {
                    assertThat(context.getBean(Answering.class).answer()).isEqualTo("one");
                    assertThat(context.getBean(RpcReferences.class).states())
                            .as("known before the start was checked, so connected")
                            .singleElement()
                            .satisfies(state -> assertThat(state.connectivity()).hasToString("READY"));
                });
    }

    @Test
    void whatTheBeanFactoryIsAskedToCreateOrToAutowireGetsItsReferences() {
        registry.join(server.instance("greeter"));
        RpcReferenceAutoConfigurationTests.runner(registry).run(context -> {
            Consumer created = context.getAutowireCapableBeanFactory().createBean(OfConstructor.class);
            assertThat(created.stubs().blocking().sayHello(REQUEST).getInstance())
                    .isEqualTo("one");
            OfFields autowired = new OfFields();
            context.getAutowireCapableBeanFactory().autowireBean(autowired);
            assertThat(autowired.stubs().blocking().sayHello(REQUEST).getInstance())
                    .isEqualTo("one");
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {StaticField.class, StaticMethod.class})
    void staticOnesWouldStayNullAndFailTheStart(Class<?> consumer) {
        RpcReferenceAutoConfigurationTests.runner(registry)
                .withUserConfiguration(consumer)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(UnresolvableReferenceException.class)
                        .hasMessageContainingAll(consumer.getName(), "greeter", "which is static")
                        .extracting(failure -> ((UnresolvableReferenceException) failure).remedy())
                        .asString()
                        .contains("Remove static"));
    }

    record Stubs(
            GreeterGrpc.GreeterBlockingStub blocking,
            GreeterGrpc.GreeterBlockingV2Stub blockingV2,
            GreeterGrpc.GreeterFutureStub future,
            GreeterGrpc.GreeterStub async,
            Channel channel) {}

    interface Consumer {

        Stubs stubs();
    }

    static class OfFields implements Consumer {

        @RpcReference("greeter")
        GreeterGrpc.GreeterBlockingStub blocking;

        @RpcReference("greeter")
        protected GreeterGrpc.GreeterBlockingV2Stub blockingV2;

        @RpcReference("greeter")
        private GreeterGrpc.GreeterFutureStub future;

        @RpcReference("greeter")
        private GreeterGrpc.GreeterStub async;

        @RpcReference("greeter")
        private Channel channel;

        @Override
        public Stubs stubs() {
            return new Stubs(blocking, blockingV2, future, async, channel);
        }
    }

    static class OfInheritedFields extends OfFields {}

    static class OfConstructor implements Consumer {

        private final Stubs stubs;

        OfConstructor(
                @RpcReference("greeter") GreeterGrpc.GreeterBlockingStub blocking,
                @RpcReference("greeter") GreeterGrpc.GreeterBlockingV2Stub blockingV2,
                @RpcReference("greeter") GreeterGrpc.GreeterFutureStub future,
                @RpcReference("greeter") GreeterGrpc.GreeterStub async,
                @RpcReference("greeter") Channel channel) {
            this.stubs = new Stubs(blocking, blockingV2, future, async, channel);
        }

        @Override
        public Stubs stubs() {
            return stubs;
        }
    }

    record OfRecord(
            @RpcReference("greeter") GreeterGrpc.GreeterBlockingStub blocking,
            @RpcReference("greeter") GreeterGrpc.GreeterBlockingV2Stub blockingV2,
            @RpcReference("greeter") GreeterGrpc.GreeterFutureStub future,
            @RpcReference("greeter") GreeterGrpc.GreeterStub async,
            @RpcReference("greeter") Channel channel)
            implements Consumer {

        @Override
        public Stubs stubs() {
            return new Stubs(blocking, blockingV2, future, async, channel);
        }
    }

    static class OfMethod implements Consumer {

        private Stubs stubs;

        @RpcReference("greeter")
        void use(
                GreeterGrpc.GreeterBlockingStub blocking,
                GreeterGrpc.GreeterBlockingV2Stub blockingV2,
                GreeterGrpc.GreeterFutureStub future,
                GreeterGrpc.GreeterStub async,
                Channel channel) {
            this.stubs = new Stubs(blocking, blockingV2, future, async, channel);
        }

        @Override
        public Stubs stubs() {
            return stubs;
        }
    }

    static class OfMethodParameters implements Consumer {

        private Stubs stubs;

        @Autowired
        void use(
                @RpcReference("greeter") GreeterGrpc.GreeterBlockingStub blocking,
                @RpcReference("greeter") GreeterGrpc.GreeterBlockingV2Stub blockingV2,
                @RpcReference("greeter") GreeterGrpc.GreeterFutureStub future,
                @RpcReference("greeter") GreeterGrpc.GreeterStub async,
                @RpcReference("greeter") Channel channel) {
            this.stubs = new Stubs(blocking, blockingV2, future, async, channel);
        }

        @Override
        public Stubs stubs() {
            return stubs;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OfBeanMethod {

        @Bean
        static Consumer consumer(
                @RpcReference("greeter") GreeterGrpc.GreeterBlockingStub blocking,
                @RpcReference("greeter") GreeterGrpc.GreeterBlockingV2Stub blockingV2,
                @RpcReference("greeter") GreeterGrpc.GreeterFutureStub future,
                @RpcReference("greeter") GreeterGrpc.GreeterStub async,
                @RpcReference("greeter") Channel channel) {
            return () -> new Stubs(blocking, blockingV2, future, async, channel);
        }
    }

    static class OfProviders implements Consumer {

        @RpcReference("greeter")
        private ObjectProvider<GreeterGrpc.GreeterBlockingStub> blocking;

        @RpcReference("greeter")
        private Optional<GreeterGrpc.GreeterBlockingV2Stub> blockingV2;

        @RpcReference("greeter")
        private ObjectProvider<GreeterGrpc.GreeterFutureStub> future;

        @RpcReference("greeter")
        private Optional<GreeterGrpc.GreeterStub> async;

        @RpcReference("greeter")
        private ObjectProvider<Channel> channel;

        @Override
        public Stubs stubs() {
            return new Stubs(
                    blocking.getObject(),
                    blockingV2.orElseThrow(),
                    future.getObject(),
                    async.orElseThrow(),
                    channel.getObject());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BehindAnInterface {

        @Bean
        Answering answering() {
            return new AnsweringByCall();
        }
    }

    interface Answering {

        String answer();
    }

    static class AnsweringByCall implements Answering {

        @RpcReference("greeter")
        private GreeterGrpc.GreeterBlockingStub greeter;

        @Override
        public String answer() {
            return greeter.sayHello(REQUEST).getInstance();
        }
    }

    static class StaticField {

        @RpcReference("greeter")
        static GreeterGrpc.GreeterBlockingStub greeter;
    }

    static class StaticMethod {

        @RpcReference("greeter")
        static void greeter(GreeterGrpc.GreeterBlockingStub greeter) {}
    }
}
