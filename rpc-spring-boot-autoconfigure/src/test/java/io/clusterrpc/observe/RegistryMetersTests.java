/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RegistryMetersTests {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final RegistryMeters meters = new RegistryMeters(registry);

    @Test
    void countsAnswersAndFailures() {
        meters.registryAnswered("consul", "orders", 3);
        meters.registryAnswered("consul", "orders", 2);
        meters.registryFailed("consul", "orders");

        assertThat(registry.get("rpc.registry.updates")
                        .tags("backend", "consul", "service", "orders")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("rpc.registry.failures").counter().count()).isEqualTo(1);
        assertThat(registry.get("rpc.registry.instances").gauge().value()).isEqualTo(2);
    }

    @Test
    void isNotStaleWhileAPushingRegistryIsMerelySilent() {
        meters.registryAnswered("local", "orders", 1);
        clock.add(Duration.ofHours(3));

        assertThat(staleness()).isZero();
    }

    @Test
    void growsStaleFromTheLastAnswerWhileTheRegistryFails() {
        meters.registryAnswered("consul", "orders", 1);
        clock.add(Duration.ofSeconds(5));
        meters.registryFailed("consul", "orders");
        clock.add(Duration.ofSeconds(10));
        meters.registryFailed("consul", "orders");

        assertThat(staleness()).isEqualTo(15);

        meters.registryAnswered("consul", "orders", 1);
        clock.add(Duration.ofHours(1));
        assertThat(staleness()).isZero();
    }

    @Test
    void growsStaleFromTheFirstFailureWhenTheRegistryNeverAnswered() {
        meters.registryFailed("consul", "orders");
        clock.add(Duration.ofSeconds(4));

        assertThat(staleness()).isEqualTo(4);
    }

    private double staleness() {
        return registry.get("rpc.registry.staleness").gauge().value();
    }
}
