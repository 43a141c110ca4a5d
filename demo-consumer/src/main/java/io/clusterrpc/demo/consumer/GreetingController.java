/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.demo.consumer;

import io.clusterrpc.RpcReference;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.demo.api.OrderReply;
import io.clusterrpc.demo.api.OrderRequest;
import java.util.ArrayList;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class GreetingController {

    private final GreeterBlockingStub greeter;

    GreetingController(@RpcReference("greeter") GreeterBlockingStub greeter) {
        this.greeter = greeter;
    }

    @GetMapping("/hello")
    String hello(@RequestParam(defaultValue = "world") String name) {
        return line(greeter.sayHello(request(name)));
    }

    @GetMapping("/greetings")
    List<String> greetings(@RequestParam(defaultValue = "world") String name) {
        List<String> lines = new ArrayList<>();
        greeter.listGreetings(request(name)).forEachRemaining(reply -> lines.add(line(reply)));
        return lines;
    }

    @PostMapping("/orders")
    String order(@RequestParam(defaultValue = "book") String item) {
        OrderReply reply =
                greeter.placeOrder(OrderRequest.newBuilder().setItem(item).build());
        return "order " + reply.getNumber() + " taken by " + reply.getInstance();
    }

    private static HelloRequest request(String name) {
        return HelloRequest.newBuilder().setName(name).build();
    }

    private static String line(HelloReply reply) {
        return reply.getMessage() + " (answered by " + reply.getInstance() + ")";
    }
}
