/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.reference.ReferenceState;
import io.clusterrpc.reference.RpcReferences;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.Status;

/** The health of every reference in use, under its name. Thread-safe. */
final class ReferencesHealth implements CompositeHealthContributor {

    private final RpcReferences references;
    private final Status noInstances;

    ReferencesHealth(RpcReferences references, Status noInstances) {
        this.references = references;
        this.noInstances = noInstances;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .map(HealthContributors.Entry::contributor)
                .orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return references.states().stream().map(this::entry);
    }

    private HealthContributors.Entry entry(ReferenceState state) {
        return new HealthContributors.Entry(state.name(), new ReferenceHealth(state, noInstances));
    }
}
