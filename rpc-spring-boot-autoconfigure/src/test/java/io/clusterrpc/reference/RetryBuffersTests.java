/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

import io.grpc.ManagedChannelBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBuffersTests {

    private final RetryBuffers buffers = new RetryBuffers();
    private final ManagedChannelBuilder<?> builder = mock(ManagedChannelBuilder.class);

    @Test
    void offWhereOurBalancerSeesTheStreams() {
        buffers.balances("orders", Map.of("methodConfig", List.of(Map.of("timeout", "1s"))));
        buffers.drop("orders", builder);
        verify(builder).disableRetry();
    }

    @Test
    void onWhereAnotherBalancerOrTransportIs() {
        buffers.balances("orders", Map.of());
        buffers.drop("customers", builder);
        verifyNoInteractions(builder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"retryPolicy", "hedgingPolicy"})
    void onWhereTheServiceConfigHasPolicies(String policy) {
        buffers.balances("orders", Map.of());
        buffers.balances("orders", Map.of("methodConfig", List.of(Map.of(), Map.of(policy, Map.of()))));
        buffers.drop("orders", builder);
        verifyNoInteractions(builder);
    }
}
