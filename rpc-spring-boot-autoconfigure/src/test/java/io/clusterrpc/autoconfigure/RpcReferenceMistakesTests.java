/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.RpcFallback;
import io.clusterrpc.RpcReference;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What start-up says of calls that are configured so that they cannot work: what is wrong, and the property to change. */
class RpcReferenceMistakesTests {

    private final MemoryDiscovery nobody = new MemoryDiscovery(true);
    private final ApplicationContextRunner runner =
            RpcReferenceAutoConfigurationTests.runner(nobody).withUserConfiguration(Consumer.class);

    @AfterEach
    void close() {
        nobody.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rpc.references.greeter.methods.Charge.mode=hedged | Charge of reference 'greeter' cannot be hedged: it is not safe"
                        + " | rpc.references.greeter.methods.Charge.mode",
                "rpc.references.greeter.mode=hedged | Charge of reference 'greeter' cannot be hedged: it is not safe"
                        + " | rpc.references.greeter.methods.Charge.safe=true",
                "rpc.defaults.mode=hedged | Charge of reference 'greeter' cannot be hedged: it is not safe"
                        + " | rpc.references.greeter.methods.Charge.mode",
                "rpc.references.greeter.methods.SayHallo.safe=true | no such method (expected: one of [Charge, Chat, Collect,"
                        + " ListGreetings, SayHello]) | rpc.references.greeter.methods.SayHallo",
                "rpc.references.greeter.methods.ListGreetings.mode=quorum | it streams"
                        + " | rpc.references.greeter.methods.ListGreetings.mode",
            })
    void saysWhatIsWrongAndWhichPropertyToChange(String property, String wrong, String change) {
        fails(runner.withPropertyValues(property), wrong, change);
    }

    @Test
    void twoSettingsThatContradictEachOtherAreBothNamed() {
        fails(
                runner.withPropertyValues(
                        "resilience4j.retry.instances.greeter.max-attempts=4", "rpc.references.greeter.mode=failfast"),
                "resilience4j.retry.instances.greeter.max-attempts (4) and rpc.references.greeter.mode (failfast)",
                "resilience4j.retry.instances.greeter.max-attempts or rpc.references.greeter.mode");
    }

    @Test
    void aFallbackOfTheWrongTypeIsNamedWithTheProperty() {
        fails(
                runner.withUserConfiguration(Confused.class)
                        .withPropertyValues("rpc.references.greeter.methods.SayHello.mode=failsafe"),
                "Bean 'confused' cannot answer failed calls of rpctest.Greeter/SayHello (reference 'greeter')",
                "rpc.references.greeter.methods.SayHello.fallback");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void fewerThanOneAttemptIsNamedWithTheProperty(String attempts) {
        runner.withPropertyValues("resilience4j.retry.instances.greeter.max-attempts=" + attempts)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(
                                "Failed to bind properties under 'resilience4j.retry.instances.greeter'")
                        .hasStackTraceContaining("property max-attempts")
                        .hasStackTraceContaining("must be greater than or equal to 1"));
    }

    private static void fails(ApplicationContextRunner runner, String wrong, String change) {
        runner.run(context -> {
            FailureAnalysis analysis = new UnresolvableReferenceFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis)
                    .as("analysis of " + context.getStartupFailure())
                    .isNotNull();
            assertThat(analysis.getDescription()).contains(wrong);
            assertThat(analysis.getDescription() + analysis.getAction()).contains(change);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Consumer {

        @RpcReference("greeter")
        GreeterGrpc.GreeterBlockingStub greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class Confused {

        @Bean
        RpcFallback<HelloRequest, String> confused() {
            return (request, failure) -> HelloReply.getDefaultInstance().toString();
        }
    }
}
