/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.ManagedReferences;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Checks the settings of every reference that is known at start-up and connects the eager ones, before the application serves
 * anybody. A mistake or a missing provider therefore fails the start, not the first call.
 */
final class EagerReferences implements SmartInitializingSingleton {

    private final ReferenceSettingsFactory settings;
    private final Supplier<Set<String>> names;
    private final Function<String, Set<Class<?>>> types;
    private final Function<Set<String>, Resilience4jChecks> resilience4j;
    private final ManagedReferences references;
    private final UnreadProperties unread;

    EagerReferences(
            ReferenceSettingsFactory settings,
            Supplier<Set<String>> names,
            Function<String, Set<Class<?>>> types,
            Function<Set<String>, Resilience4jChecks> resilience4j,
            ManagedReferences references,
            UnreadProperties unread) {
        this.settings = settings;
        this.names = names;
        this.types = types;
        this.resilience4j = resilience4j;
        this.references = references;
        this.unread = unread;
    }

    @Override
    public void afterSingletonsInstantiated() {
        unread.warn();
        Set<String> known = names.get();
        references.check(known, types);
        Resilience4jChecks checks = resilience4j.apply(known);
        if (!checks.haveNothingToDo()) {
            known.forEach(name -> checks.check(name, types.apply(name)));
        }
        List<String> eager = new ArrayList<>();
        for (String name : known) {
            if (settings.of(name).eager()) {
                eager.add(name);
            }
        }
        references.connect(eager);
    }
}
