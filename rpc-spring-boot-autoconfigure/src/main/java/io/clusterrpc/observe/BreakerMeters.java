/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Counts the {@link RpcMeter#BREAKER_TRANSITIONS} of every breaker that belongs to a reference. Resilience4j's own meters show
 * the state of all breakers where resilience4j-micrometer is present. Thread-safe.
 */
public final class BreakerMeters {

    private final MeterRegistry registry;
    private final Predicate<String> references;

    /**
     * Creates the binder.
     *
     * @param registry where the counters are registered
     * @param references whether a breaker's name is that of a reference, or of a method of one ({@code orders.Charge}), asked at every transition
     */
    public BreakerMeters(MeterRegistry registry, Predicate<String> references) {
        this.registry = registry;
        this.references = references;
    }

    /**
     * Listens to the breakers of a registry, present and future ones.
     *
     * @param breakers the registry
     */
    public void bindTo(CircuitBreakerRegistry breakers) {
        breakers.getEventPublisher().onEntryAdded(event -> bindTo(event.getAddedEntry()));
        breakers.getEventPublisher().onEntryReplaced(event -> bindTo(event.getNewEntry()));
        breakers.getAllCircuitBreakers().forEach(this::bindTo);
    }

    private void bindTo(CircuitBreaker breaker) {
        breaker.getEventPublisher().onStateTransition(this::transition);
    }

    private void transition(CircuitBreakerOnStateTransitionEvent event) {
        String reference = event.getCircuitBreakerName();
        if (references.test(reference)) {
            Counter.builder(RpcMeter.BREAKER_TRANSITIONS.getName())
                    .description(RpcMeter.BREAKER_TRANSITIONS.description())
                    .tag(RpcMeter.Tag.REFERENCE.asString(), reference)
                    .tag(
                            RpcMeter.Tag.FROM.asString(),
                            state(event.getStateTransition().getFromState()))
                    .tag(
                            RpcMeter.Tag.TO.asString(),
                            state(event.getStateTransition().getToState()))
                    .register(registry)
                    .increment();
        }
    }

    private static String state(CircuitBreaker.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
