/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server that only says which port and services it has. */
final class FakeServer extends Server {

    private final int port;
    private final List<ServerServiceDefinition> services;

    FakeServer(int port, String... services) {
        this.port = port;
        this.services = Stream.of(services)
                .map(name -> ServerServiceDefinition.builder(name).build())
                .toList();
    }

    @Override
    public int getPort() {
        return port;
    }

    @Override
    public List<? extends SocketAddress> getListenSockets() {
        return List.of(new InetSocketAddress(port));
    }

    @Override
    public List<ServerServiceDefinition> getServices() {
        return services;
    }

    @Override
    public Server start() {
        return this;
    }

    @Override
    public Server shutdown() {
        return this;
    }

    @Override
    public Server shutdownNow() {
        return this;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }

    @Override
    public void awaitTermination() {}
}
