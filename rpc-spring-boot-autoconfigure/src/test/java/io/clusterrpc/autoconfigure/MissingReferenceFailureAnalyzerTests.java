/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.RpcReference;
import io.clusterrpc.testproto.GreeterGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** A stub is never null: where nobody makes it, the start fails and says what is switched off. */
@ExtendWith(OutputCaptureExtension.class)
class MissingReferenceFailureAnalyzerTests {

    @ParameterizedTest
    @ValueSource(strings = {"rpc.discovery.enabled", "spring.grpc.client.enabled"})
    void namesWhatIsSwitchedOff(String property, CapturedOutput output) {
        fails(Whole.class, property + "=false");
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("@RpcReference on " + Consumer.class.getName() + ".greeter gets no "
                        + GreeterGrpc.GreeterBlockingStub.class.getName())
                .contains(property + " is false.")
                .contains("Remove " + property + "=false")
                .doesNotContain("Consider defining a bean");
    }

    @Test
    void namesTheStarterWhereNothingIsConfigured(CapturedOutput output) {
        fails(Consumer.class);
        assertThat(output)
                .contains("RpcReferenceAutoConfiguration did not apply")
                .contains("rpc-spring-boot-starter");
    }

    @Test
    void leavesOtherMissingBeansAlone(CapturedOutput output) {
        fails(OfAnother.class);
        assertThat(output).contains("Consider defining a bean").doesNotContain("@RpcReference on");
    }

    private static void fails(Class<?> application, String... properties) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(application)
                        .web(WebApplicationType.NONE)
                        .properties(properties)
                        .run())
                .isNotNull();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Whole extends Consumer {}

    @Configuration(proxyBeanMethods = false)
    static class Consumer {

        @RpcReference("greeter")
        private GreeterGrpc.GreeterBlockingStub greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class OfAnother {

        @Autowired
        private GreeterGrpc.GreeterBlockingStub greeter;
    }
}
