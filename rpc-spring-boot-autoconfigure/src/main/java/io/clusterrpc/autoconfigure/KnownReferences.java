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

/** The references known before any is used: those of injection points and those with settings. Stateless. */
final class KnownReferences {

    private KnownReferences() {}

    static Set<String> names(ListableBeanFactory beans, Environment environment) {
        Set<String> names = new TreeSet<>(ReferenceRegistrar.names(beans));
        names.addAll(Binder.get(environment)
                .bind("rpc.references", Bindable.mapOf(String.class, Object.class))
                .orElseGet(Map::of)
                .keySet());
        return names;
    }
}
