/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;

class WrittenPropertiesTests {

    @Test
    void standardIsWhatBindingNothingComesTo() {
        assertThat(RpcDiscoveryProperties.STANDARD).isEqualTo(nothing(RpcDiscoveryProperties.class));
        assertThat(RpcHealthProperties.STANDARD).isEqualTo(nothing(RpcHealthProperties.class));
        assertThat(RpcObservationProperties.STANDARD).isEqualTo(nothing(RpcObservationProperties.class));
        assertThat(RpcProviderProperties.STANDARD).isEqualTo(nothing(RpcProviderProperties.class));
        assertThat(RpcReferenceProperties.STANDARD).isEqualTo(nothing(RpcReferenceProperties.class));
    }

    @Test
    void standardHoldsWhereOthersAreWritten() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("rpc.nginx.upstream-file", "x")
                .withProperty("rpc.consul.host", "y");
        assertThat(RpcProviderProperties.of(environment)).isSameAs(RpcProviderProperties.STANDARD);
        assertThat(RpcReferenceProperties.of(environment)).isSameAs(RpcReferenceProperties.STANDARD);
    }

    @Test
    void whatIsWrittenIsBound() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("zone", "east")
                .withProperty("rpc.zone", "${zone}")
                .withProperty("rpc.provider.limit.maxInflight", "7")
                .withProperty("rpc.provider.limit.MAX", "70")
                .withProperty("rpc.provider.limit.initial", "7");
        assertThat(RpcReferenceProperties.of(environment).zone()).isEqualTo("east");
        assertThat(RpcProviderProperties.of(environment).limit().max()).isEqualTo(70);
        assertThat(RpcProviderProperties.of(environment).weight()).isEqualTo(100);
    }

    /** Only the sources that write a property of ours are asked for ours, but all for what its value refers to. */
    @Test
    void sourcesOverrideAndReferToEachOther() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("first", Map.of("rpc.provider.weight", "3")));
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "last", Map.of("rpc.provider.weight", "4", "rpc.provider.tags.rack", "${rack}")));
        environment.getPropertySources().addLast(new MapPropertySource("other", Map.of("rack", "r7")));
        ConfigurationPropertySources.attach(environment);
        RpcProviderProperties properties = RpcProviderProperties.of(environment);
        assertThat(properties.weight()).isEqualTo(3);
        assertThat(properties.tags()).containsExactly(Map.entry("rack", "r7"));
    }

    @Test
    void theEnvironmentOfTheProcessCounts() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of(
                                        "RPC_PROVIDER_WEIGHT",
                                        "3",
                                        "RPC_ZONE",
                                        "west",
                                        "RPC_DISCOVERY_DISKCACHE_PATH",
                                        "z")));
        ConfigurationPropertySources.attach(environment);
        assertThat(RpcProviderProperties.of(environment).weight()).isEqualTo(3);
        assertThat(RpcReferenceProperties.of(environment).zone()).isEqualTo("west");
        assertThat(RpcDiscoveryProperties.of(environment).diskCache().path()).hasToString("z");
    }

    @Test
    void aMistakeNamesTheProperty() {
        MockEnvironment environment = new MockEnvironment().withProperty("rpc.provider.weight", "heavy");
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> RpcProviderProperties.of(environment))
                .satisfies(e -> assertThat(e.getName()).hasToString("rpc.provider.weight"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1001"})
    void threadsOfTheTransportHaveARange(String threads) {
        MockEnvironment environment = new MockEnvironment().withProperty("rpc.transport-threads", threads);
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> RpcReferenceProperties.of(environment))
                .withStackTraceContaining(
                        "rpc.transport-threads: " + threads + " (expected: 0, for those of gRPC, to 1000)");
    }

    private static <T> T nothing(Class<T> type) {
        return new Binder(new MapConfigurationPropertySource(Map.of())).bindOrCreate("rpc.nothing", type);
    }
}
