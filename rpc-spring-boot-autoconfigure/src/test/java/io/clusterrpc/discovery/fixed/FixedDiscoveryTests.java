/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.fixed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryBackendContractTests;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.DiscoveryException;
import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedDiscoveryTests extends DiscoveryBackendContractTests {

    @Override
    protected DiscoveryBackend open() {
        return new FixedDiscovery(Map.of());
    }

    @Override
    protected boolean registers() {
        return false;
    }

    private static List<ServiceInstance> instances(String... addresses) {
        List<ServiceInstance> told = new ArrayList<>();
        new FixedDiscovery(Map.of("orders", List.of(addresses))).watch("orders", new DiscoveryBackend.Listener() {
            @Override
            public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
                told.addAll(instances);
            }

            @Override
            public void onError(DiscoveryException problem) {
                throw problem;
            }
        });
        return told;
    }

    @Test
    void readsNamesAndAddresses() {
        List<ServiceInstance> instances =
                instances("localhost:1", "10.0.0.5:9090", " a-b.example.com:65535 ", "[::1]:9090", "[fe80::1%eth0]:80");
        assertThat(instances)
                .extracting(ServiceInstance::host)
                .containsExactly("localhost", "10.0.0.5", "a-b.example.com", "::1", "fe80::1%eth0");
        assertThat(instances).extracting(ServiceInstance::port).containsExactly(1, 9090, 65535, 9090, 80);
    }

    @Test
    void idIsStableAndNotTakenForOneThatTheServerKnows() {
        ServiceInstance instance = instances("[::1]:9090").get(0);
        assertThat(instance.id()).isEqualTo("[::1]:9090").isEqualTo(instance.address());
        assertThat(instance.identified()).isFalse();
        Metadata headers = new Metadata();
        ExpectedInstance.write(headers, "left over");
        ExpectedInstance.write(headers, instance);
        assertThat(ExpectedInstance.read(headers)).isNull();
        ServiceInstance registered =
                ServiceInstance.builder("orders", "id-1", "::1", 9090).build();
        assertThat(registered.identified()).isTrue();
        ExpectedInstance.write(headers, registered);
        assertThat(ExpectedInstance.read(headers)).isEqualTo("id-1");
    }

    @Test
    void addressGivenTwiceIsOneInstance() {
        assertThat(instances("a:1", "b:1", "a:1")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "localhost:",
                ":80",
                "localhost:0",
                "localhost:65536",
                "localhost:http",
                "a b:80",
                "::1:80",
                "[::1]",
                "[::1:80",
                "[]:80",
                "[10.0.0.1]:80",
                "http://a:80",
                "a:80/x",
                "-a:80",
                "a:-1",
                "a:999999"
            })
    void malformedAddressIsRefusedWithItsProperty(String address) {
        assertThatExceptionOfType(DiscoveryConfigurationException.class)
                .isThrownBy(() -> instances("a:1", address))
                .withMessage("rpc.discovery.fixed.orders[1]: '" + address + "' is no address")
                .satisfies(ex -> assertThat(ex.remedy()).contains("host:port"));
    }

    @Test
    void serviceWithoutAddressIsRefused() {
        assertThatExceptionOfType(DiscoveryConfigurationException.class)
                .isThrownBy(() -> instances())
                .withMessage("rpc.discovery.fixed.orders: no address");
    }

    @Test
    void cannotRegister() {
        assertThatExceptionOfType(DiscoveryException.class)
                .isThrownBy(() -> open().register(ServiceInstance.builder("orders", "a", "10.0.0.1", 80)
                        .build()))
                .withMessageContaining("10.0.0.1:80 under rpc.discovery.fixed.orders");
    }
}
