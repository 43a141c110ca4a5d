/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.core.env.Environment;

/** Warns about a server that shows more to the network than its owner may be aware of. */
final class ServerExposure {

    private static final Logger log = LoggerFactory.getLogger(ServerExposure.class);

    private final Environment environment;
    private final boolean loopbackOnly;
    private final ObjectProvider<GrpcServerProperties> properties;

    ServerExposure(Environment environment, boolean loopbackOnly, ObjectProvider<GrpcServerProperties> properties) {
        this.environment = environment;
        this.loopbackOnly = loopbackOnly;
        this.properties = properties;
    }

    void check(Server server) {
        if (isReachable(server) && isPlaintext()) {
            log.warn(
                    "The gRPC server at {} speaks plaintext to the network: set {}",
                    server.getListenSockets(),
                    loopbackOnly
                            ? "spring.grpc.server.address=127.0.0.1 (all consumers are on this machine),"
                                    + " or spring.grpc.server.ssl.bundle"
                            : "spring.grpc.server.ssl.bundle");
        }
        if (hasReflection(server) && isProduction()) {
            log.warn("The gRPC server describes its services to everyone (reflection) under a production profile: "
                    + "set spring.grpc.server.reflection.enabled=false");
        }
    }

    private boolean isProduction() {
        return Arrays.stream(environment.getActiveProfiles()).anyMatch(profile -> profile.startsWith("prod"));
    }

    private static boolean isReachable(Server server) {
        for (SocketAddress socket : server.getListenSockets()) {
            if (socket instanceof InetSocketAddress inet
                    && inet.getAddress() != null
                    && !inet.getAddress().isLoopbackAddress()) {
                return true;
            }
        }
        return false;
    }

    private boolean isPlaintext() {
        GrpcServerProperties server = properties.getIfAvailable();
        return server != null
                && (Boolean.FALSE.equals(server.getSsl().getEnabled())
                        || server.getSsl().getBundle() == null);
    }

    private static boolean hasReflection(Server server) {
        for (ServerServiceDefinition service : server.getServices()) {
            if (service.getServiceDescriptor().getName().startsWith("grpc.reflection.")) {
                return true;
            }
        }
        return false;
    }
}
