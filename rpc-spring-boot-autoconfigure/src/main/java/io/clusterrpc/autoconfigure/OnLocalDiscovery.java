/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.fixed.FixedDiscovery;
import io.clusterrpc.discovery.local.LocalDiscovery;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.AllNestedConditions;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches when local discovery is asked for by name, or nothing is asked for and there is no other backend. */
final class OnLocalDiscovery extends AnyNestedCondition {

    OnLocalDiscovery() {
        super(ConfigurationPhase.REGISTER_BEAN);
    }

    @Conditional(Named.class)
    static final class ByName {}

    @Conditional(NothingElse.class)
    static final class ByDefault {}

    static final class NothingElse extends AllNestedConditions {

        NothingElse() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @Conditional(NothingNamed.class)
        static final class NoChoice {}

        @ConditionalOnMissingBean(value = DiscoveryBackend.class, ignored = FixedDiscovery.class)
        static final class NoOther {}
    }

    static final class Named extends SpringBootCondition {

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            List<String> backends = backends(context);
            return new ConditionOutcome(
                    backends.contains(LocalDiscovery.NAME),
                    ConditionMessage.of("rpc.discovery.backends is " + backends));
        }
    }

    static final class NothingNamed extends SpringBootCondition {

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            List<String> backends = backends(context);
            return new ConditionOutcome(
                    backends.isEmpty(), ConditionMessage.of("rpc.discovery.backends is " + backends));
        }
    }

    private static List<String> backends(ConditionContext context) {
        return Binder.get(context.getEnvironment())
                .bind("rpc.discovery.backends", Bindable.listOf(String.class))
                .orElse(List.of());
    }
}
