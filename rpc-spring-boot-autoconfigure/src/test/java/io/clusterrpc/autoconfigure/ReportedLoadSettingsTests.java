/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.loadbalance.ReportedLoadPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ReportedLoadSettingsTests {

    private static final String DEFAULTS = "rpc.defaults.balancing.reported-load.";
    private static final String ORDERS = "rpc.references.orders.balancing.reported-load.";

    private final Map<String, String> properties = new HashMap<>();

    private ReportedLoadPolicy policy() {
        RpcReferenceProperties bound = new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("rpc", RpcReferenceProperties.class);
        return new ReferenceSettingsFactory(bound, channel -> false)
                .of("orders")
                .balancing()
                .reportedLoad();
    }

    @Test
    void hasDefaults() {
        assertThat(policy()).isEqualTo(ReportedLoadPolicy.DEFAULTS);
    }

    @Test
    void mergesEachPropertyOverTheDefaults() {
        properties.put(DEFAULTS + "blackout", "0s");
        properties.put(DEFAULTS + "expiration", "1m");
        properties.put(DEFAULTS + "error-penalty", "3");
        properties.put(ORDERS + "expiration", "2m");
        properties.put(ORDERS + "update-period", "100ms");
        assertThat(policy())
                .isEqualTo(new ReportedLoadPolicy(Duration.ZERO, Duration.ofMinutes(2), Duration.ofMillis(100), 3));
    }

    @ParameterizedTest
    @CsvSource({
        "blackout, -1s, 0 or a duration",
        "expiration, 0s, greater than 0",
        "update-period, 99ms, 100ms or longer",
        "error-penalty, -0.1, from 0",
        "error-penalty, 1001, to 1000",
        "error-penalty, NaN, from 0"
    })
    void refusesWhatMakesNoSense(String property, String value, String expected) {
        properties.put(ORDERS + property, value);
        assertThatThrownBy(this::policy).isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, e -> {
            assertThat(e.getName()).isEqualTo(ORDERS + property);
            assertThat(e.getReason()).contains(expected);
        });
    }
}
