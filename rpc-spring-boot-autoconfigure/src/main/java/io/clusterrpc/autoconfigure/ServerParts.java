/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.limit.HandlerThreads;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.provider.load.LoadReporter;
import io.grpc.ServerBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** Joins what protects a provider to the server that Boot builds. */
record ServerParts<B extends ServerBuilder<B>>(
        @Nullable HandlerThreads threads,
        @Nullable LoadShedder shedder,
        @Nullable LoadReporter reporter) implements ServerBuilderCustomizer<B> {

    @Override
    public void customize(B builder) {
        if (threads != null) {
            builder.directExecutor().callExecutor(threads).intercept(threads.earlyRequests());
        }
        if (shedder != null) {
            builder.addStreamTracerFactory(shedder.arrivals());
        }
        if (reporter != null) {
            builder.addTransportFilter(reporter.connections());
        }
    }
}
