/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.testproto.GreeterGrpc;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class NonBlockingMethodsTests {

    private static NonBlockingMethods named(String... names) {
        return new NonBlockingMethods(Set.of(names), System::nanoTime);
    }

    @ParameterizedTest
    @CsvSource({
        "rpctest.Greeter, true, true",
        "rpctest.Greeter/SayHello, true, false",
        "*, true, true",
        "rpctest.Farewell, false, false",
        "Greeter, false, false",
        "SayHello, false, false"
    })
    void meansServicesMethodsOrAll(String name, boolean sayHello, boolean charge) {
        NonBlockingMethods methods = named(name);
        assertThat(methods.executor(GreeterGrpc.getSayHelloMethod()) != null).isEqualTo(sayHello);
        assertThat(methods.executor(GreeterGrpc.getChargeMethod()) != null).isEqualTo(charge);
    }

    @Test
    void aMethodKeepsItsExecutor() {
        NonBlockingMethods methods = named("*");
        assertThat(methods.executor(GreeterGrpc.getSayHelloMethod()))
                .isSameAs(methods.executor(GreeterGrpc.getSayHelloMethod()))
                .isNotSameAs(methods.executor(GreeterGrpc.getChargeMethod()));
    }

    /** Boot's servers catch it further in; others let it through to the transport. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void whatIsThrownStaysHere(CapturedOutput output) {
        Executor executor = Objects.requireNonNull(named("*").executor(GreeterGrpc.getSayHelloMethod()));
        executor.execute(() -> {
            throw new AssertionError("on purpose");
        });
        assertThat(output)
                .contains("The handler of rpctest.Greeter/SayHello, or an interceptor, failed")
                .contains("AssertionError: on purpose");
    }

    @Test
    void withoutNamesEveryMethodMayBlock() {
        assertThat(named().executor(GreeterGrpc.getSayHelloMethod())).isNull();
    }
}
