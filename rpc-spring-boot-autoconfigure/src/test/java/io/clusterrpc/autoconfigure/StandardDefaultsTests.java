/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class StandardDefaultsTests {

    @Test
    void areTheDefaultValuesOfTheProperties() {
        assertThat(StandardDefaults.VALUES)
                .isEqualTo(bind(Map.of("rpc.defaults.eager", "false")).defaults());
    }

    @Test
    void holdWhereNothingIsConfigured() {
        assertThat(bind(Map.of()).defaults()).isSameAs(StandardDefaults.VALUES);
        assertThat(bind(Map.of("rpc.zone", "a")).defaults()).isSameAs(StandardDefaults.VALUES);
    }

    private static RpcReferenceProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("rpc", RpcReferenceProperties.class);
    }
}
