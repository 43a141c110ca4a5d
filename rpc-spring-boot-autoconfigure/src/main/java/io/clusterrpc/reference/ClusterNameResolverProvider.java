/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * gRPC's entry to the {@code rpc:///name} targets of references. Found by gRPC through {@code META-INF/services}; holds no state,
 * what a resolver needs comes with its channel.
 */
public final class ClusterNameResolverProvider extends NameResolverProvider {

    /** The scheme of the targets. */
    static final String SCHEME = "rpc";

    /** Called by gRPC. */
    public ClusterNameResolverProvider() {}

    /**
     * The target of a reference's channel.
     *
     * @param reference name of the reference
     * @return a target for gRPC
     */
    public static String target(String reference) {
        try {
            return new URI(SCHEME, "", '/' + reference, null).toString();
        } catch (URISyntaxException unusable) {
            throw new IllegalArgumentException(
                    "reference: '" + reference + "' (expected: a name that can stand in a URI)", unusable);
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
        return SCHEME;
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
        if (!SCHEME.equals(target.getScheme())) {
            return null;
        }
        String path = target.getPath();
        if (path == null || path.length() < 2) {
            throw new IllegalArgumentException("target: " + target + " (expected: rpc:///<name of a reference>)");
        }
        String reference = path.substring(1);
        ChannelTarget channel = args.getArg(ChannelTarget.KEY);
        if (channel == null) {
            throw new IllegalStateException(
                    "Target " + target + " was opened without the starter; take the channel from" + " @RpcReference(\""
                            + reference + "\") or RpcReferences.channel(\"" + reference + "\")");
        }
        return new ClusterNameResolver(reference, channel, args);
    }
}
