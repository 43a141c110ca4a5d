/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import io.clusterrpc.RpcReference;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** The consumer under test: one reference with the defaults. */
@SpringBootApplication
class ScaleConsumer {

    /** The stub of the reference. */
    record Stub(GreeterBlockingStub orders) {}

    @Bean
    Stub stub(@RpcReference("orders") GreeterBlockingStub orders) {
        return new Stub(orders);
    }
}
