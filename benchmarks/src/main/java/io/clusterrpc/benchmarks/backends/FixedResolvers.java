/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Resolves each target to what was fixed for it. Thread-safe. */
final class FixedResolvers extends NameResolverProvider {

    private static final String SCHEME = "fixed-backends";
    private static final FixedResolvers ONLY = new FixedResolvers();

    private final Map<String, ResolutionResult> results = new ConcurrentHashMap<>();

    /** Registers what a new target resolves to. */
    static String target(List<EquivalentAddressGroup> addresses, Attributes attributes) {
        NameResolverRegistry.getDefaultRegistry().register(ONLY);
        String path = "/" + ONLY.results.size();
        ONLY.results.put(
                path,
                ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(addresses))
                        .setAttributes(attributes)
                        .build());
        return SCHEME + "://" + path;
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
        ResolutionResult result = target.getScheme().equals(SCHEME) ? results.get(target.getPath()) : null;
        return result == null
                ? null
                : new NameResolver() {
                    @Override
                    public String getServiceAuthority() {
                        return "backends";
                    }

                    @Override
                    public void start(Listener2 listener) {
                        args.getSynchronizationContext().execute(() -> listener.onResult2(result));
                    }

                    @Override
                    public void shutdown() {
                        // nothing is open
                    }
                };
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
        return List.of(InetSocketAddress.class);
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 5;
    }
}
