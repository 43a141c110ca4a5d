/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.loadbalance.HashKeySource;
import io.clusterrpc.loadbalance.HashPolicy;
import io.clusterrpc.loadbalance.HashScheme;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class HashSettingsTests {

    private static final String ORDERS = "rpc.references.orders.balancing.";

    private final Map<String, String> properties = new HashMap<>();

    private HashPolicy policy() {
        RpcReferenceProperties bound = new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("rpc", RpcReferenceProperties.class);
        return new ReferenceSettingsFactory(bound, channel -> false)
                .of("orders")
                .balancing()
                .hash();
    }

    private void refuses(String property, String... texts) {
        assertThatThrownBy(this::policy).isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, e -> {
            assertThat(e.getName()).isEqualTo(property);
            assertThat(e.getReason()).contains(texts);
        });
    }

    @Test
    void hasDefaults() {
        assertThat(policy()).isEqualTo(HashPolicy.DEFAULTS);
    }

    @Test
    void mergesEachPropertyOverTheDefaults() {
        properties.put("rpc.defaults.balancing.algorithm", "consistent-hash");
        properties.put("rpc.defaults.balancing.hash-key", "header.x-tenant");
        properties.put("rpc.defaults.balancing.hash.scheme", "ring");
        properties.put("rpc.defaults.balancing.hash.virtual-nodes", "40");
        properties.put(ORDERS + "hash.virtual-nodes", "80");
        properties.put(ORDERS + "hash.bounded-load", "true");
        properties.put(ORDERS + "hash-key", "header.x-customer");
        HashPolicy policy = policy();
        assertThat(policy.key()).hasToString("header.x-customer");
        assertThat(policy.scheme()).isEqualTo(HashScheme.RING);
        assertThat(policy.virtualNodes()).isEqualTo(80);
        assertThat(policy.boundedLoad()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "customer_id",
                "header.",
                "header.X Tenant",
                "request.",
                "request",
                "request.a..b",
                "request.7",
                ""
            })
    void refusesAKeyThatIsNeitherHeaderNorField(String key) {
        properties.put(ORDERS + "algorithm", "consistent-hash");
        properties.put(ORDERS + "hash-key", key);
        refuses(ORDERS + "hash-key", "header.x-tenant", "request.customer_id");
    }

    @Test
    void takesAFieldOfTheRequest() {
        properties.put(ORDERS + "algorithm", "consistent-hash");
        properties.put(ORDERS + "hash-key", "request.customer.id");
        assertThat(policy().key()).isEqualTo(new HashKeySource(HashKeySource.From.REQUEST, "customer.id"));
    }

    @Test
    void refusesAKeyThatTheAlgorithmDoesNotUse() {
        properties.put(ORDERS + "hash-key", "header.x-tenant");
        properties.put(ORDERS + "algorithm", "random");
        refuses(ORDERS + "hash-key", ORDERS + "algorithm=random", ORDERS + "algorithm=consistent-hash");
        properties.remove(ORDERS + "algorithm");
        refuses(ORDERS + "hash-key", "rpc.defaults.balancing.algorithm=", ORDERS + "algorithm=consistent-hash");
    }

    @Test
    void aKeyAmongTheDefaultsIsForReferencesThatHash() {
        properties.put("rpc.defaults.balancing.hash-key", "header.x-tenant");
        refuses("rpc.defaults.balancing.hash-key", "rpc.defaults.balancing.algorithm");
        properties.put("rpc.defaults.balancing.algorithm", "consistent-hash");
        properties.put(ORDERS + "algorithm", "random");
        assertThat(policy().key()).isNotNull();
    }

    @Test
    void refusesNumbersOutOfRange() {
        properties.put(ORDERS + "hash.virtual-nodes", "0");
        refuses(ORDERS + "hash.virtual-nodes", "1 to 10000");
        properties.remove(ORDERS + "hash.virtual-nodes");
        properties.put("rpc.defaults.balancing.hash.load-factor", "1");
        refuses("rpc.defaults.balancing.hash.load-factor", "above 1");
        properties.put("rpc.defaults.balancing.hash.load-factor", "NaN");
        refuses("rpc.defaults.balancing.hash.load-factor", "above 1");
    }
}
