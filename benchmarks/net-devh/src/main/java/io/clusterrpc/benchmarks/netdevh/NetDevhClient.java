/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.netdevh;

import io.clusterrpc.benchmarks.price.Rounds;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.demo.api.HelloRequest;
import java.util.Arrays;
import java.util.stream.Collectors;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;

/** A client as net.devh's starter has it, with its defaults on Boot 3; the addresses are fixed. */
final class NetDevhClient {

    private NetDevhClient() {}

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        /** Micrometer's observation cannot read a peer from an authority that is a list of addresses, and fails every call. */
        @Bean
        GrpcChannelConfigurer authority() {
            return (builder, name) -> builder.overrideAuthority(name);
        }
    }

    /** Arguments: the servers' ports. */
    public static void main(String[] ports) throws Exception {
        String addresses =
                Arrays.stream(ports).map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",", "static://", ""));
        GreeterBlockingStub greeter = GreeterGrpc.newBlockingStub(new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "grpc.client.servers.address=" + addresses, "grpc.client.servers.negotiation-type=plaintext")
                .run()
                .getBean(GrpcChannelFactory.class)
                .createChannel("servers"));
        Rounds.serve(
                text -> greeter.sayHello(HelloRequest.newBuilder().setName(text).build()));
    }
}
