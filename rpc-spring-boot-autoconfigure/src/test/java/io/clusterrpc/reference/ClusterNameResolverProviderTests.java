/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;

class ClusterNameResolverProviderTests {

    @Test
    void grpcFindsItByScheme() {
        assertThat(NameResolverRegistry.getDefaultRegistry().getProviderForScheme("rpc"))
                .isInstanceOf(ClusterNameResolverProvider.class);
    }

    @Test
    void channelOpenedByHandSaysHowToGetOne() {
        assertThatIllegalStateException()
                .isThrownBy(() -> NettyChannelBuilder.forTarget("rpc:///orders")
                        .usePlaintext()
                        .build())
                .withMessageContainingAll("rpc:///orders", "@RpcReference(\"orders\")");
    }
}
