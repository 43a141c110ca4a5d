/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.inprocess.InProcessSocketAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterLoadBalancerProviderTests {

    private final LoadBalancerProvider provider =
            LoadBalancerRegistry.getDefaultRegistry().getProvider("rpc_cluster");

    @Test
    void isFoundByGrpc() {
        assertThat(provider).isInstanceOf(ClusterLoadBalancerProvider.class);
        assertThat(provider.isAvailable()).isTrue();
    }

    @Test
    void acceptsAnEmptyConfigAndNamesWhatItDoesNotKnow() {
        assertThat(provider.parseLoadBalancingPolicyConfig(Map.of()).getError()).isNull();
        ConfigOrError wrong = provider.parseLoadBalancingPolicyConfig(Map.of("algoritm", "random"));
        assertThat(wrong.getConfig()).isNull();
        assertThat(wrong.getError().getDescription()).contains("unknown key [algoritm]", "rpc.references.");
    }

    @Test
    void worksWithTheAddressesOfAnotherResolver() {
        FakeChannel channel = new FakeChannel(
                BalancerContext.of("unused", new Rotation(), BalancingPolicy.DEFAULTS, new EndpointRegistry("unused")),
                new VirtualTime());
        channel.context.execute(() -> channel.balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
                .setAddresses(List.of(
                        new EquivalentAddressGroup(InetSocketAddress.createUnresolved("one", 1)),
                        new EquivalentAddressGroup(InetSocketAddress.createUnresolved("two", 2)),
                        new EquivalentAddressGroup(new InProcessSocketAddress("three"))))
                .build()));
        assertThat(channel.subchannels).hasSize(3);
        channel.subchannels.forEach(subchannel -> subchannel.becomes(ConnectivityState.READY));
        assertThat(List.of(channel.pick(), channel.pick(), channel.pick()))
                .extracting(result -> result.getSubchannel())
                .doesNotHaveDuplicates();
        channel.context.execute(() -> channel.balancer.acceptResolvedAddresses(
                ResolvedAddresses.newBuilder().setAddresses(List.of()).build()));
        assertThat(channel.pick().getStatus().getDescription()).isEqualTo("orders: no instances are known");
    }

    @Test
    void anAddressIsTheSameWhateverItsInstanceSays() {
        EquivalentAddressGroup group = group("a", 100, "x");
        assertThat(InstanceAddress.same(group, group("a", 5, "x"))).isTrue();
        assertThat(InstanceAddress.same(group, group("a", 100, "y"))).isFalse();
    }

    private static EquivalentAddressGroup group(String id, int weight, String authority) {
        return new EquivalentAddressGroup(
                InetSocketAddress.createUnresolved("one", 1),
                Attributes.newBuilder()
                        .set(
                                ServiceInstance.ATTRIBUTE,
                                ServiceInstance.builder("orders", id, "one", 1)
                                        .weight(weight)
                                        .build())
                        .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority)
                        .build());
    }
}
