/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;

/** grpc-java as it comes: round_robin over the servers, default executors, nothing else. */
final class RawClient {

    private RawClient() {}

    /** Arguments: the servers' ports. */
    public static void main(String[] ports) throws Exception {
        Ports.register(ports);
        ManagedChannel channel = ManagedChannelBuilder.forTarget(Ports.TARGET)
                .defaultLoadBalancingPolicy("round_robin")
                .usePlaintext()
                .build();
        GreeterBlockingStub greeter = GreeterGrpc.newBlockingStub(channel);
        Rounds.serve(
                text -> greeter.sayHello(HelloRequest.newBuilder().setName(text).build()));
    }
}
