/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RpcProviderPropertiesTests {

    private static RpcProviderProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("rpc.provider", RpcProviderProperties.class);
    }

    /** Of each group one property is set, to its default value. */
    @Test
    void whatIsNotConfiguredIsAsItsDefaultValuesSay() {
        assertThat(bind(Map.of()))
                .isEqualTo(bind(Map.of(
                        "rpc.provider.readiness.interval", "500ms",
                        "rpc.provider.executor.threads", "200",
                        "rpc.provider.limit.min", "2",
                        "rpc.provider.load-report.interval", "100ms",
                        "rpc.provider.transport.max-resets-per-second", "6000")));
    }

    @Test
    void oneOfAGroupLeavesTheOthersAtTheirDefaultValues() {
        RpcProviderProperties.Limit limit =
                bind(Map.of("rpc.provider.limit.min", "7")).limit();
        assertThat(limit).isEqualTo(new RpcProviderProperties.Limit(true, 100, 7, 10_000, Duration.ofMillis(25)));
    }
}
