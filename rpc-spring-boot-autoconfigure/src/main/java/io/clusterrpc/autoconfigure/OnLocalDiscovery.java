/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.fixed.FixedDiscovery;
import io.clusterrpc.discovery.local.LocalDiscovery;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches when local discovery is asked for by name and no bean is it, or nothing is asked for and there is no other backend. One
 * condition, since each looks through all beans.
 */
final class OnLocalDiscovery extends SpringBootCondition implements ConfigurationCondition {

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        List<String> backends = Binder.get(context.getEnvironment())
                .bind("rpc.discovery.backends", Bindable.listOf(String.class))
                .orElse(List.of());
        if (!backends.isEmpty() || context.getBeanFactory() == null) {
            boolean wanted = backends.contains(LocalDiscovery.NAME);
            return new ConditionOutcome(
                    wanted && !isThere(context.getBeanFactory()),
                    ConditionMessage.of("rpc.discovery.backends is " + backends));
        }
        String other = otherBackend(context.getBeanFactory());
        return new ConditionOutcome(
                other.isEmpty(),
                ConditionMessage.of("rpc.discovery.backends is empty, and "
                        + (other.isEmpty() ? "there is no other backend" : "'" + other + "' is another backend")));
    }

    private static boolean isThere(@Nullable ListableBeanFactory beans) {
        return beans != null
                && BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, LocalDiscovery.class, true, false).length
                        > 0;
    }

    private static String otherBackend(ListableBeanFactory beans) {
        for (String name :
                BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, DiscoveryBackend.class, true, false)) {
            if (!beans.isTypeMatch(name, FixedDiscovery.class)) {
                return name;
            }
        }
        return "";
    }
}
