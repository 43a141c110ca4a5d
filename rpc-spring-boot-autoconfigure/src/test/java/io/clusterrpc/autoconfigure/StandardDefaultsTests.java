/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.reference.ReferenceSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class StandardDefaultsTests {

    @Test
    void areTheDefaultValuesOfTheProperties() {
        assertThat(StandardDefaults.values())
                .isEqualTo(bind(Map.of("rpc.defaults.eager", "false")).defaults());
    }

    @Test
    void holdWhereNothingIsConfigured() {
        assertThat(bind(Map.of()).defaults()).isEqualTo(StandardDefaults.values());
        assertThat(bind(Map.of("rpc.zone", "a")).standard()).isTrue();
        assertThat(bind(Map.of("rpc.defaults.eager", "false")).standard()).isFalse();
    }

    @Test
    void areWhatMergingWouldComeTo() {
        for (String zone : List.of("a", "")) {
            for (boolean ofBoot : new boolean[] {true, false}) {
                ReferenceSettings plain =
                        new ReferenceSettingsFactory(bind(Map.of("rpc.zone", zone)), name -> ofBoot).of("orders");
                ReferenceSettings merged = new ReferenceSettingsFactory(
                                bind(Map.of("rpc.zone", zone, "rpc.defaults.eager", "false")), name -> ofBoot)
                        .of("orders");
                assertThat(plain).isEqualTo(merged);
            }
        }
    }

    private static RpcReferenceProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("rpc", RpcReferenceProperties.class);
    }
}
