/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import io.clusterrpc.discovery.springcloud.SpringCloudDiscovery;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.AllNestedConditions;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches where the provider side of this library is going to register a gRPC server with this backend. */
final class OnRegisteredServer extends AllNestedConditions {

    OnRegisteredServer() {
        super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnBean(type = "org.springframework.grpc.server.service.GrpcServiceDiscoverer")
    static class HasServer {}

    @ConditionalOnMissingBean(type = "org.springframework.boot.grpc.server.GrpcServletRegistration")
    static class OfItsOwn {}

    @ConditionalOnBooleanProperty(name = "rpc.provider.enabled", matchIfMissing = true)
    static class IsProvider {}

    @ConditionalOnBooleanProperty(name = "rpc.provider.register", matchIfMissing = true)
    static class Announces {}

    @ConditionalOnBooleanProperty(name = "rpc.discovery.spring-cloud.register", matchIfMissing = true)
    static class RegistersHere {}

    @Conditional(OnBackend.class)
    static class UsesThisBackend {}

    /** Named, or the only one that is there. */
    static final class OnBackend extends SpringBootCondition {

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            List<String> backends = Binder.get(context.getEnvironment())
                    .bind("rpc.discovery.backends", Bindable.listOf(String.class))
                    .orElse(List.of());
            return new ConditionOutcome(
                    backends.isEmpty() || backends.contains(SpringCloudDiscovery.NAME),
                    ConditionMessage.of("rpc.discovery.backends is " + backends));
        }
    }
}
