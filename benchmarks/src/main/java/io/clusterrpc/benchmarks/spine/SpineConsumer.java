/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.spine;

import io.clusterrpc.RpcReference;
import io.clusterrpc.benchmarks.PickRecorder;
import io.clusterrpc.benchmarks.Timeline;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GlobalClientInterceptor;

/** The consumer under test: two references to the demo's provider, one with the defaults, one that shows the warm-up ramp. */
@SpringBootApplication
class SpineConsumer {

    /** The stubs of both references. */
    record Stubs(GreeterStub greeter, GreeterStub ramp) {}

    @Bean
    Stubs stubs(@RpcReference("greeter") GreeterStub greeter, @RpcReference("ramp") GreeterStub ramp) {
        return new Stubs(greeter, ramp);
    }

    @Bean
    Timeline timeline() {
        return new Timeline();
    }

    @Bean
    @GlobalClientInterceptor
    PickRecorder pickRecorder(Timeline timeline, @Value("${spine.picks}") Path file) {
        return new PickRecorder(timeline, file);
    }
}
