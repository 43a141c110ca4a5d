/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import io.clusterrpc.RpcReference;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.demo.api.HelloRequest;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;

/** The starter as it comes: every stage, breaker, failover, meters, its default algorithm; properties may change it. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class StarterClient {

    /** The reference under test. */
    record Greeter(GreeterBlockingStub stub) {}

    @Bean
    Greeter greeter(@RpcReference("servers") GreeterBlockingStub stub) {
        return new Greeter(stub);
    }

    /** Arguments: properties as Spring Boot takes them. */
    public static void main(String[] args) throws Exception {
        GreeterBlockingStub greeter = new SpringApplicationBuilder(StarterClient.class)
                .web(WebApplicationType.NONE)
                .run(args)
                .getBean(Greeter.class)
                .stub();
        Rounds.serve(
                text -> greeter.sayHello(HelloRequest.newBuilder().setName(text).build()));
    }
}
