/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.ReferenceRegistrar;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The references known before any is used: those of injection points (without a name: that of the application that
 * {@code rpc.services} names, else the gRPC service) and those with settings. Stateless.
 */
final class KnownReferences {

    private KnownReferences() {}

    /** As the environment has it: before there are beans for properties. */
    static Set<String> names(ListableBeanFactory beans, Environment environment) {
        Binder binder = Binder.get(environment);
        return names(
                beans,
                binder.bind("rpc.services", Bindable.mapOf(String.class, String.class))
                        .orElseGet(Map::of),
                binder.bind("rpc.references", Bindable.mapOf(String.class, Object.class))
                        .orElseGet(Map::of)
                        .keySet());
    }

    static Set<String> names(ListableBeanFactory beans, Map<String, String> services, Set<String> withSettings) {
        Set<String> names = new TreeSet<>(ReferenceRegistrar.names(beans));
        for (String grpcService : ReferenceRegistrar.nameless(beans)) {
            names.add(services.getOrDefault(grpcService, grpcService));
        }
        names.addAll(withSettings);
        return names;
    }
}
