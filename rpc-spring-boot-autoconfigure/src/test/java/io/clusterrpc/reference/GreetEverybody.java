/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.InstanceResult;
import io.clusterrpc.RpcMerger;
import io.clusterrpc.RpcReference;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The example of the documentation, which {@link DocumentedClusterTests} compares with it. */
class GreetEverybody {

    @Component
    static class Greetings {

        @RpcReference("greeter")
        GreeterGrpc.GreeterBlockingStub greeter;

        List<String> whoIsThere(HelloRequest request) {
            List<InstanceResult<HelloReply>> results =
                    RpcCluster.broadcast(greeter, GreeterGrpc.getSayHelloMethod(), request);
            return results.stream()
                    .map(result -> result.instance().id() + ": "
                            + (result.isOk() ? result.response().getMessage() : result.status()))
                    .toList();
        }
    }

    @Component
    static class AllGreetings implements RpcMerger<HelloReply> {

        @Override
        public HelloReply merge(List<InstanceResult<HelloReply>> results) {
            return HelloReply.newBuilder()
                    .setMessage(results.stream()
                            .filter(InstanceResult::isOk)
                            .map(result -> result.response().getMessage())
                            .collect(Collectors.joining(", ")))
                    .build();
        }
    }
}
