/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.loadbalance.ClusterLoadBalancerProvider;
import io.clusterrpc.reference.ClusterNameResolverProvider;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;

class RpcReferenceRuntimeHintsTests {

    @Test
    void areFoundByAheadOfTimeProcessing() {
        assertThat(AotServices.factories().load(RuntimeHintsRegistrar.class))
                .hasAtLeastOneElementOfType(RpcReferenceRuntimeHints.class);
    }

    @Test
    void keepsWhatGrpcFindsByName() throws ReflectiveOperationException {
        RuntimeHints hints = new RuntimeHints();
        new RpcReferenceRuntimeHints().registerHints(hints, null);
        assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/services/io.grpc.NameResolverProvider"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/services/io.grpc.LoadBalancerProvider"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(ClusterNameResolverProvider.class.getConstructor()))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(ClusterLoadBalancerProvider.class.getConstructor()))
                .accepts(hints);
    }
}
