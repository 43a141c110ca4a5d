/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.demo.api.HelloRequest;
import java.util.Arrays;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.grpc.client.GrpcChannelFactory;

/** Spring Boot's own client, whose channel {@code plain} is configured by properties; run without the starter on the class path. */
final class BootClient {

    private BootClient() {}

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    /** Arguments: the servers' ports with commas between them, then properties as Spring Boot takes them. */
    public static void main(String[] args) throws Exception {
        Ports.register(args[0].split(","));
        GreeterBlockingStub greeter = GreeterGrpc.newBlockingStub(new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(Arrays.copyOfRange(args, 1, args.length))
                .getBean(GrpcChannelFactory.class)
                .createChannel("plain"));
        Rounds.serve(
                text -> greeter.sayHello(HelloRequest.newBuilder().setName(text).build()));
    }
}
