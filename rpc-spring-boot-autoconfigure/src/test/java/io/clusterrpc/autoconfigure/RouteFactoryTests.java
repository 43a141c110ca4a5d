/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.route.Canary;
import io.clusterrpc.loadbalance.route.InstanceMatch;
import io.clusterrpc.loadbalance.route.Side;
import io.clusterrpc.loadbalance.route.ZoneRule;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RouteFactoryTests {

    private static BalancingPolicy policy(Map<String, String> properties) {
        RpcReferenceProperties bound = new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("rpc", RpcReferenceProperties.class);
        return new ReferenceSettingsFactory(bound, name -> false).of("orders").balancing();
    }

    private static void refuses(String property, Map<String, String> properties) {
        assertThatThrownBy(() -> policy(properties))
                .isInstanceOfSatisfying(
                        InvalidConfigurationPropertyValueException.class,
                        e -> assertThat(e.getName()).isEqualTo(property));
    }

    @Test
    void treatsAllInstancesAlikeByDefault() {
        assertThat(policy(Map.of()).route().routes()).isFalse();
        assertThat(policy(Map.of()).subset().limits()).isFalse();
    }

    @Test
    void prefersTheZoneAsSoonAsThereIsOne() {
        assertThat(policy(Map.of("rpc.zone", "a")).route().zoned()).isTrue();
        assertThat(policy(Map.of("rpc.zone", "a", "rpc.defaults.route.zone", "ignore"))
                        .route()
                        .zoned())
                .isFalse();
        assertThat(policy(Map.of(
                                "rpc.zone",
                                "a",
                                "rpc.defaults.route.zone",
                                "ignore",
                                "rpc.references.orders.route.zone",
                                "strict"))
                        .route()
                        .zoneRule())
                .isEqualTo(ZoneRule.STRICT);
    }

    @Test
    void bindsTagsAndCanary() {
        BalancingPolicy policy = policy(Map.of(
                "rpc.references.orders.route.tags.region",
                "eu",
                "rpc.references.orders.route.strict",
                "true",
                "rpc.references.orders.route.canary.tags.version",
                "v2",
                "rpc.references.orders.route.canary.percent",
                "0.5"));
        assertThat(policy.route().strict()).isTrue();
        assertThat(policy.route().canary())
                .isEqualTo(new Canary(new InstanceMatch(Map.of("region", "eu", "version", "v2")), 0.005));
        assertThat(policy.route().share(Side.WANTED)).isEqualTo(0.995);
    }

    @Test
    void bindsTheSubsetOfOneReferenceOrOfAll() {
        assertThat(policy(Map.of("rpc.defaults.subset", "20")).subset().size()).isEqualTo(20);
        BalancingPolicy own =
                policy(Map.of("rpc.defaults.subset", "20", "rpc.references.orders.subset", "5", "rpc.client-id", "me"));
        assertThat(own.subset().size()).isEqualTo(5);
        assertThat(own.subset().client()).isEqualTo("me");
    }

    @Test
    void refusesWhatCannotWork() {
        refuses("rpc.references.orders.subset", Map.of("rpc.references.orders.subset", "0"));
        refuses("rpc.references.orders.subset", Map.of("rpc.references.orders.subset", "-3"));
        refuses("rpc.defaults.subset", Map.of("rpc.defaults.subset", "-3"));
        refuses("rpc.references.orders.route.zone", Map.of("rpc.references.orders.route.zone", "strict"));
        refuses("rpc.defaults.route.zone", Map.of("rpc.defaults.route.zone", "strict"));
        refuses("rpc.references.orders.route.strict", Map.of("rpc.references.orders.route.strict", "true"));
        refuses("rpc.references.orders.route.canary.tags", Map.of("rpc.references.orders.route.canary.percent", "5"));
        for (String percent : new String[] {"-1", "101", "NaN"}) {
            refuses(
                    "rpc.references.orders.route.canary.percent",
                    Map.of(
                            "rpc.references.orders.route.canary.tags.version",
                            "v2",
                            "rpc.references.orders.route.canary.percent",
                            percent));
        }
        refuses(
                "rpc.references.orders.route.canary.percent",
                Map.of("rpc.references.orders.route.canary.tags.version", "v2"));
    }
}
