/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.grpc.netty.NettyServerBuilder;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/**
 * What one connection may ask of the server. Sizes of messages and headers and the age of connections are Boot's properties and
 * not touched here.
 */
final class NettyTransportLimits implements ServerBuilderCustomizer<NettyServerBuilder> {

    /** Resets are counted over this time, so that all calls of a moment may be given up at once. */
    private static final int WINDOW_SECONDS = 5;

    private final RpcProviderProperties.Transport limits;

    NettyTransportLimits(RpcProviderProperties.Transport limits) {
        this.limits = limits;
    }

    @Override
    public void customize(NettyServerBuilder builder) {
        if (limits.maxCallsPerConnection() > 0) {
            builder.maxConcurrentCallsPerConnection(limits.maxCallsPerConnection());
        }
        if (limits.maxResetsPerSecond() > 0) {
            builder.maxRstFramesPerWindow(limits.maxResetsPerSecond() * WINDOW_SECONDS, WINDOW_SECONDS);
        }
    }
}
