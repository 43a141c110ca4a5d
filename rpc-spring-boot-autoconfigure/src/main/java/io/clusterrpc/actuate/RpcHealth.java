/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.reference.RpcReferences;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.Status;

/** The health contributor {@code rpc}. */
public final class RpcHealth {

    /**
     * The status of a reference without usable instances. No aggregation knows it, so it shows and changes nothing, unless it is
     * added to {@code management.endpoint.health.status.order}.
     */
    public static final Status NO_INSTANCES = new Status("NO_INSTANCES", "No instance can be called");

    private RpcHealth() {}

    /**
     * Combines what the application offers and what it refers to.
     *
     * @param provider what it offers, {@code null} if it serves nothing
     * @param references what it refers to, {@code null} if it calls nobody
     * @param fail whether a reference without usable instances is DOWN rather than {@link #NO_INSTANCES}
     * @return a contributor with {@code registration} and {@code references}, as far as there are any
     */
    public static CompositeHealthContributor of(
            @Nullable RpcProvider provider, @Nullable RpcReferences references, boolean fail) {
        Map<String, HealthContributor> contributors = new LinkedHashMap<>();
        if (provider != null) {
            contributors.put("registration", new RegistrationHealth(provider));
        }
        if (references != null) {
            contributors.put("references", new ReferencesHealth(references, fail ? Status.DOWN : NO_INSTANCES));
        }
        return CompositeHealthContributor.fromMap(contributors);
    }
}
