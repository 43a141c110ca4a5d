/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A server that listens.
 *
 * @param port the TCP port it listens on
 * @param bound the address it is bound to, {@code null} if it listens on all of them
 * @param grpcServices full names of the services offered to consumers
 */
record StartedServer(int port, @Nullable InetAddress bound, Set<String> grpcServices) {

    static StartedServer of(Server server) {
        return new StartedServer(server.getPort(), boundAddress(server), grpcServices(server));
    }

    private static @Nullable InetAddress boundAddress(Server server) {
        for (SocketAddress socket : server.getListenSockets()) {
            // The first one, as in Server.getPort().
            if (socket instanceof InetSocketAddress inet) {
                return inet.getAddress() == null || inet.getAddress().isAnyLocalAddress() ? null : inet.getAddress();
            }
        }
        return null;
    }

    private static Set<String> grpcServices(Server server) {
        Set<String> names = new HashSet<>();
        for (ServerServiceDefinition service : server.getServices()) {
            String name = service.getServiceDescriptor().getName();
            if (!InstanceGuard.isInfrastructure(name)) {
                names.add(name);
            }
        }
        return Set.copyOf(names);
    }
}
