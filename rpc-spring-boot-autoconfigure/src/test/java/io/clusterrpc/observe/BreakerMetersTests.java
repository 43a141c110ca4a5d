/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BreakerMetersTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    private final BreakerMeters meters = new BreakerMeters(registry, Set.of("early", "late")::contains);

    @Test
    void countsTransitionsOfPresentAndFutureBreakersOfReferences() {
        breakers.circuitBreaker("early");
        meters.bindTo(breakers);
        breakers.circuitBreaker("late");
        breakers.circuitBreaker("somebody-elses");

        breakers.circuitBreaker("early").transitionToOpenState();
        breakers.circuitBreaker("early").transitionToHalfOpenState();
        breakers.circuitBreaker("late").transitionToOpenState();
        breakers.circuitBreaker("somebody-elses").transitionToOpenState();

        assertThat(count("early", "closed", "open")).isEqualTo(1);
        assertThat(count("early", "open", "half_open")).isEqualTo(1);
        assertThat(count("late", "closed", "open")).isEqualTo(1);
        assertThat(registry.find("rpc.breaker.transitions")
                        .tag("reference", "somebody-elses")
                        .counter())
                .isNull();
    }

    private double count(String reference, String from, String to) {
        return registry.get("rpc.breaker.transitions")
                .tags("reference", reference, "from", from, "to", to)
                .counter()
                .count();
    }
}
