/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.ManagedReferences;
import io.clusterrpc.reference.ReferenceRegistrar;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;

/**
 * Checks the settings of every reference that is known at start-up and connects the eager ones, before the application serves
 * anybody. A mistake or a missing provider therefore fails the start, not the first call.
 */
final class EagerReferences implements SmartInitializingSingleton {

    private final RpcReferenceProperties properties;
    private final ReferenceSettingsFactory settings;
    private final Environment environment;
    private final ListableBeanFactory beans;
    private final ManagedReferences references;

    EagerReferences(
            RpcReferenceProperties properties,
            ReferenceSettingsFactory settings,
            Environment environment,
            ListableBeanFactory beans,
            ManagedReferences references) {
        this.properties = properties;
        this.settings = settings;
        this.environment = environment;
        this.beans = beans;
        this.references = references;
    }

    @Override
    public void afterSingletonsInstantiated() {
        new UnreadProperties(environment, beans).warn();
        Set<String> known = KnownReferences.names(
                beans, properties.services(), properties.references().keySet());
        Resilience4jChecks checks = new Resilience4jChecks(environment, properties, known);
        for (String name : known) {
            Set<Class<?>> types = ReferenceRegistrar.types(beans, name, properties.services());
            references.check(name, types);
            checks.check(name, types);
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
