/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** A provider and a consumer as users write them. */
final class Applications {

    @EnableAutoConfiguration
    @Import(Greeter.class)
    static class Provider {}

    @RpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        private final String instance;

        Greeter(@Value("${test.instance}") String instance) {
            this.instance = instance;
        }

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
            replies.onNext(HelloReply.newBuilder()
                    .setMessage("Hello " + request.getName())
                    .setInstance(instance)
                    .build());
            replies.onCompleted();
        }
    }

    @EnableAutoConfiguration
    @Import(Caller.class)
    static class Consumer {}

    static class Caller {

        @RpcReference("greeter")
        private GreeterGrpc.GreeterBlockingStub greeter;

        /** Which instance answered. */
        String call() {
            return greeter.sayHello(HelloRequest.newBuilder().setName("x").build())
                    .getInstance();
        }
    }

    /** Without a name: the registry says who offers the service. */
    @EnableAutoConfiguration
    @Import(NamelessCaller.class)
    static class NamelessConsumer {}

    static class NamelessCaller {

        @RpcReference
        private GreeterGrpc.GreeterBlockingStub greeter;

        String call() {
            return greeter.sayHello(HelloRequest.newBuilder().setName("x").build())
                    .getInstance();
        }
    }

    private static final List<String> COMMON = List.of(
            "spring.main.banner-mode=off",
            "spring.grpc.server.address=127.0.0.1",
            "spring.grpc.server.port=0",
            "server.address=127.0.0.1",
            "server.port=0",
            "rpc.provider.host=127.0.0.1",
            "rpc.discovery.disk-cache.enabled=false",
            "rpc.discovery.spring-cloud.interval=300ms",
            "spring.cloud.loadbalancer.enabled=false",
            // On the class path for migrations; nobody else has two backends.
            "spring.autoconfigure.exclude=io.clusterrpc.autoconfigure.consul.ConsulDiscoveryAutoConfiguration",
            "eureka.client.initial-instance-info-replication-interval-seconds=1",
            "eureka.client.instance-info-replication-interval-seconds=1",
            "eureka.client.registry-fetch-interval-seconds=1",
            "eureka.instance.hostname=127.0.0.1",
            // The server, which these do not have, brings Jersey.
            "eureka.client.jersey.enabled=false",
            "logging.level.com.netflix=warn");

    private Applications() {}

    static ConfigurableApplicationContext run(Class<?> application, String name, String... properties) {
        Map<String, String> all = new LinkedHashMap<>();
        Stream.concat(COMMON.stream(), Stream.of(properties)).forEach(property -> {
            int equals = property.indexOf('=');
            all.put(property.substring(0, equals), property.substring(equals + 1));
        });
        all.put("spring.application.name", name);
        String[] arguments = all.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new);
        return new SpringApplicationBuilder(application).run(arguments);
    }

    static String[] with(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
