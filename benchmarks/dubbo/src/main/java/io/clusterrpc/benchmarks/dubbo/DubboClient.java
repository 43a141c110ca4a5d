/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.dubbo;

import io.clusterrpc.benchmarks.price.Rounds;
import io.clusterrpc.demo.api.Greeter;
import io.clusterrpc.demo.api.HelloRequest;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** A client as Dubbo has it, with its defaults; the addresses are fixed. */
final class DubboClient {

    private DubboClient() {}

    /** Arguments: the servers' ports. */
    public static void main(String[] ports) throws Exception {
        ReferenceConfig<Greeter> reference = new ReferenceConfig<>();
        reference.setInterface(Greeter.class);
        reference.setProtocol("tri");
        reference.setUrl(
                Arrays.stream(ports).map(port -> "tri://127.0.0.1:" + port).collect(Collectors.joining(";")));
        DubboBootstrap.getInstance()
                .application(DubboServer.application("consumer"))
                .reference(reference)
                .start();
        Greeter greeter = reference.get();
        Rounds.serve(
                text -> greeter.sayHello(HelloRequest.newBuilder().setName(text).build()));
    }
}
