/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.RpcFallback;
import io.clusterrpc.RpcReference;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Fallback beans, from the configuration to the stub. */
class RpcFallbackTests {

    private static final HelloRequest REQUEST =
            HelloRequest.newBuilder().setName("you").build();

    private final MemoryDiscovery nobody = new MemoryDiscovery(true);
    private final ApplicationContextRunner runner = RpcReferenceAutoConfigurationTests.runner(nobody)
            .withUserConfiguration(Consumer.class)
            .withPropertyValues("rpc.references.greeter.methods.SayHello.mode=failsafe");

    @AfterEach
    void close() {
        nobody.close();
    }

    @Test
    void theOnlyBeanForTheTypesAnswersForEveryKindOfStub() {
        runner.withUserConfiguration(Remembering.class).run(context -> {
            assertThat(context.getBean(Consumer.class).greeter.sayHello(REQUEST).getMessage())
                    .isEqualTo("remembered you on rpc-call");
            assertThat(context.getBean(RpcReferences.class)
                            .stub("greeter", GreeterGrpc.GreeterFutureStub.class)
                            .sayHello(REQUEST)
                            .get(5, TimeUnit.SECONDS)
                            .getMessage())
                    .isEqualTo("remembered you on rpc-call");
        });
    }

    @Test
    void withoutABeanTheAnswerIsEmpty() {
        runner.run(context -> assertThat(context.getBean(Consumer.class).greeter.sayHello(REQUEST))
                .isEqualTo(HelloReply.getDefaultInstance()));
    }

    @Test
    void aNameChoosesAmongSeveralAndSuitsEveryMode() {
        runner.withUserConfiguration(Remembering.class, Excusing.class)
                .withPropertyValues(
                        "rpc.references.greeter.methods.SayHello.mode=failfast",
                        "rpc.references.greeter.methods.SayHello.fallback=excusing")
                .run(context -> assertThat(context.getBean(Consumer.class)
                                .greeter
                                .sayHello(REQUEST)
                                .getMessage())
                        .isEqualTo("sorry"));
    }

    @Test
    void severalBeansForOneMethodAreAMistake() {
        fails(
                runner.withUserConfiguration(Remembering.class, Excusing.class),
                "rpctest.Greeter/SayHello of reference 'greeter' has 2 RpcFallback beans for"
                        + " RpcFallback<HelloRequest, HelloReply>: [excusing, remembering]");
    }

    @Test
    void aBeanOfTheWrongTypeIsAMistakeThatNamesBeanAndTypes() {
        String types =
                "Bean 'confused' cannot answer failed calls of rpctest.Greeter/SayHello (reference 'greeter'): it is"
                        + " a RpcFallback<HelloRequest, String> (expected: RpcFallback<HelloRequest, HelloReply>)";
        fails(runner.withUserConfiguration(Confused.class), types);
        fails(
                runner.withUserConfiguration(Confused.class, Remembering.class)
                        .withPropertyValues("rpc.references.greeter.methods.SayHello.fallback=confused"),
                types);
    }

    @Test
    void aBeanWhoseTypesNobodyKnowsIsAMistake() {
        fails(
                runner.withBean("raw", RpcFallback.class, () -> (request, failure) -> HelloReply.getDefaultInstance()),
                "Bean 'raw' cannot answer failed calls of rpctest.Greeter/SayHello (reference 'greeter'): it is a"
                        + " RpcFallback<?, ?> (expected: RpcFallback<HelloRequest, HelloReply>)");
    }

    @Test
    void aNameThatNoBeanHasIsAMistakeThatListsTheBeans() {
        fails(
                runner.withUserConfiguration(Remembering.class)
                        .withPropertyValues("rpc.references.greeter.methods.SayHello.fallback=rememberin"),
                "rpc.references.greeter.methods.SayHello.fallback: 'rememberin' is no RpcFallback bean"
                        + " (expected: one of [remembering])");
    }

    @Test
    void aStreamCannotHaveOne() {
        fails(
                runner.withUserConfiguration(Remembering.class)
                        .withPropertyValues("rpc.references.greeter.methods.ListGreetings.fallback=remembering"),
                "rpc.references.greeter.methods.ListGreetings.fallback: rpctest.Greeter/ListGreetings cannot have a fallback,"
                        + " because it streams");
    }

    private static void fails(ApplicationContextRunner runner, String message) {
        runner.run(context -> assertThat(context).getFailure().hasStackTraceContaining(message));
    }

    @Configuration(proxyBeanMethods = false)
    static class Consumer {

        @RpcReference("greeter")
        GreeterGrpc.GreeterBlockingStub greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class Remembering {

        @Bean
        RpcFallback<HelloRequest, HelloReply> remembering() {
            return (request, failure) -> HelloReply.newBuilder()
                    .setMessage("remembered " + request.getName() + " on "
                            + Thread.currentThread().getName().replaceAll("-\\d+$", ""))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Excusing {

        @Bean
        Excuse excusing() {
            return new Excuse();
        }
    }

    static class Excuse implements RpcFallback<HelloRequest, HelloReply> {

        @Override
        public HelloReply answer(HelloRequest request, io.grpc.StatusRuntimeException failure) {
            return HelloReply.newBuilder().setMessage("sorry").build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Confused {

        @Bean
        RpcFallback<HelloRequest, String> confused() {
            return (request, failure) -> "hello";
        }
    }
}
