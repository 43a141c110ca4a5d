/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.clusterrpc.loadbalance.ejection.EjectionPolicy;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class EjectionSettingsTests {

    private static EjectionPolicy policy(Map<String, String> properties) {
        RpcReferenceProperties bound = new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("rpc", RpcReferenceProperties.class);
        return new ReferenceSettingsFactory(bound, name -> false)
                .of("orders")
                .balancing()
                .ejection();
    }

    @Test
    void theDefaultsAreThoseOfTheLibrary() {
        assertThat(policy(Map.of())).isEqualTo(EjectionPolicy.DEFAULTS);
    }

    @Test
    void aReferenceWinsOverTheDefaults() {
        Map<String, String> properties = new HashMap<>();
        properties.put("rpc.defaults.balancing.ejection.silence", "3s");
        properties.put("rpc.defaults.balancing.ejection.max-share", "0.2");
        properties.put("rpc.references.orders.balancing.ejection.silence", "0s");
        properties.put("rpc.references.orders.balancing.ejection.codes", "unavailable,RESOURCE_EXHAUSTED");
        EjectionPolicy policy = policy(properties);
        assertThat(policy.silence()).isEqualTo(Duration.ZERO);
        assertThat(policy.maxShare()).isEqualTo(0.2);
        assertThat(policy.codes()).isEqualTo(Set.of(Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED));
        assertThat(policy.enabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "consecutive-failures, -1",
        "error-rate, 1.5",
        "error-rate, NaN",
        "latency-factor, 0.5",
        "latency-difference, -1s",
        "silence, -1s",
        "min-calls, 0",
        "interval, 0s",
        "base-time, 0s",
        "max-time, 1s",
        "max-share, -0.1",
        "panic-share, 50",
        "codes, CANCELLED"
    })
    void aMistakeNamesTheProperty(String property, String value) {
        String name = "rpc.references.orders.balancing.ejection." + property;
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> policy(Map.of(name, value)))
                .satisfies(e -> assertThat(e.getName()).isEqualTo(name));
    }
}
