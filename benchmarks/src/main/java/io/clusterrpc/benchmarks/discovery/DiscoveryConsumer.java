/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.RpcReference;
import io.clusterrpc.benchmarks.PickRecorder;
import io.clusterrpc.benchmarks.Timeline;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GlobalClientInterceptor;

/** The consumer under test. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class DiscoveryConsumer {

    /** The stub of the reference. */
    record Stub(GreeterStub greeter) {}

    @Bean
    Stub stub(@RpcReference("greeter") GreeterStub greeter) {
        return new Stub(greeter);
    }

    @Bean
    @GlobalClientInterceptor
    PickRecorder pickRecorder(Timeline timeline, @Value("${discovery.picks}") Path file) {
        return new PickRecorder(timeline, file);
    }
}
