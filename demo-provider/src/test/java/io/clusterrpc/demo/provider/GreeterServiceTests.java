/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.demo.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.demo.api.OrderRequest;
import io.clusterrpc.reference.RpcReferences;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/** How a user tests a service without network and discovery: Boot's test transport carries the calls inside the process. */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@AutoConfigureTestGrpcTransport
class GreeterServiceTests {

    private final GreeterBlockingStub greeter;

    GreeterServiceTests(@Autowired RpcReferences references) {
        greeter = references.stub("greeter", GreeterBlockingStub.class);
    }

    @Test
    void greets() {
        HelloRequest ada = HelloRequest.newBuilder().setName("Ada").build();

        assertThat(greeter.sayHello(ada).getMessage()).isEqualTo("Hello, Ada");
        assertThat(greeter.listGreetings(ada))
                .toIterable()
                .extracting(HelloReply::getMessage)
                .contains("Bonjour, Ada");
    }

    @Test
    void numbersOrders() {
        OrderRequest book = OrderRequest.newBuilder().setItem("book").build();

        long first = greeter.placeOrder(book).getNumber();
        assertThat(greeter.placeOrder(book).getNumber()).isEqualTo(first + 1);
    }
}
