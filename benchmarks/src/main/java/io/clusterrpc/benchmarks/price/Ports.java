/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Resolves {@link #TARGET} to the servers, for the clients that have no discovery. */
final class Ports extends NameResolverProvider {

    static final String TARGET = "ports:///servers";

    private final List<EquivalentAddressGroup> addresses = new ArrayList<>();

    static void register(String[] ports) {
        NameResolverRegistry.getDefaultRegistry().register(new Ports(ports));
    }

    private Ports(String[] ports) {
        for (String port : ports) {
            addresses.add(new EquivalentAddressGroup(new InetSocketAddress("127.0.0.1", Integer.parseInt(port))));
        }
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 5;
    }

    @Override
    public String getDefaultScheme() {
        return "ports";
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        return new NameResolver() {

            @Override
            public String getServiceAuthority() {
                return "servers";
            }

            @Override
            public void start(Listener2 listener) {
                listener.onResult(ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(addresses))
                        .build());
            }

            @Override
            public void shutdown() {}
        };
    }
}
