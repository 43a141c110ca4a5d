/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.reference.ReferenceState;
import io.clusterrpc.reference.RpcReferences;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** Adds {@code rpc} to the info endpoint: who this is to the cluster, and which applications it refers to. Thread-safe. */
public final class RpcInfoContributor implements InfoContributor {

    private final @Nullable RpcProvider provider;
    private final @Nullable RpcReferences references;

    /**
     * Creates the contributor.
     *
     * @param provider what the application offers, {@code null} if it serves nothing
     * @param references what it refers to, {@code null} if it calls nobody
     */
    public RpcInfoContributor(@Nullable RpcProvider provider, @Nullable RpcReferences references) {
        this.provider = provider;
        this.references = references;
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, Object> rpc = new LinkedHashMap<>();
        if (provider != null) {
            rpc.put(
                    "offers",
                    provider.states().stream()
                            .map(state -> Map.of(
                                    "service", state.instance().service(),
                                    "id", state.instance().id(),
                                    "address", state.instance().address()))
                            .toList());
        }
        if (references != null) {
            rpc.put("references", services(references.states()));
        }
        builder.withDetail("rpc", rpc);
    }

    private static Map<String, String> services(List<ReferenceState> states) {
        Map<String, String> services = new TreeMap<>();
        states.forEach(state -> services.put(
                state.name(),
                Objects.requireNonNullElse(state.explicitTarget(), Objects.requireNonNullElse(state.service(), "?"))));
        return services;
    }
}
