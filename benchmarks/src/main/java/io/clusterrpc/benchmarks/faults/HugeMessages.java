/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** Requests that are larger than a provider takes. */
final class HugeMessages extends Abuse {

    private static final int BYTES = 32 << 20;

    @Override
    public String name() {
        return "huge-messages";
    }

    @Override
    public String expected() {
        return "20 requests of 32 MiB: RESOURCE_EXHAUSTED for each, 0 failed of the others, heap flat";
    }

    @Override
    void abuse(Lab lab, int port) throws Exception {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            HelloRequest huge =
                    HelloRequest.newBuilder().setName("x".repeat(BYTES)).build();
            for (int i = 0; i < 20; i++) {
                String result = "answered";
                try {
                    GreeterGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(10, TimeUnit.SECONDS)
                            .sayHello(huge);
                } catch (StatusRuntimeException e) {
                    Code code = e.getStatus().getCode();
                    result = code == Code.RESOURCE_EXHAUSTED ? "ended" : code.name();
                }
                lab.event("abused", result);
            }
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }
}
