/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.demo.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.when;

import io.clusterrpc.RpcReference;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.demo.api.HelloReply;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** How a user tests what calls a stub, without any provider: the stub is a bean like another, so it can be mocked. */
@WebMvcTest(GreetingController.class)
class GreetingControllerTests {

    @MockitoBean
    @RpcReference("greeter")
    private GreeterBlockingStub greeter;

    @Autowired
    private MockMvcTester mvc;

    @Test
    void answersWithWhatTheProviderSaid() {
        when(greeter.sayHello(any()))
                .thenReturn(HelloReply.newBuilder()
                        .setMessage("Hello, Ada")
                        .setInstance("a mock")
                        .build());

        assertThat(mvc.get().uri("/hello?name=Ada"))
                .hasStatusOk()
                .hasBodyTextEqualTo("Hello, Ada (answered by a mock)");
    }
}
