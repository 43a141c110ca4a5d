/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.ServiceInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WeightsTests {

    private final VirtualTime time = new VirtualTime();
    private final Instant now = time.instant();

    private Weights weights(Duration warmUp, Set<WeightFactor> factors) {
        return new Weights(
                factors,
                new BalancerContext(
                        "orders",
                        new Rotation(),
                        BalancingPolicy.DEFAULTS.withWarmUp(warmUp),
                        new EndpointRegistry("orders"),
                        time::nanoTime,
                        time::instant,
                        Random::new));
    }

    private EndpointRecord endpoint(Instant start) {
        return new EndpointRecord(
                ServiceInstance.builder("orders", "a", "localhost", 1)
                        .weight(200)
                        .startTime(start)
                        .build(),
                true,
                time.nanoTime());
    }

    private double warmth(Instant start) {
        return weights(Duration.ofSeconds(30), EnumSet.of(WeightFactor.WARM_UP)).warmth(endpoint(start));
    }

    private static double weight(Weights weights, EndpointRecord endpoint) {
        return weights.of(endpoint, weights.warmth(endpoint));
    }

    @Test
    void warmsUpOnAStraightLineFromATenthToTheWhole() {
        assertThat(warmth(now)).isEqualTo(0.1);
        assertThat(warmth(now.minusSeconds(15))).isCloseTo(0.55, within(1e-9));
        assertThat(warmth(now.minusSeconds(27))).isCloseTo(0.91, within(1e-9));
        assertThat(warmth(now.minusSeconds(30))).isEqualTo(1);
        assertThat(warmth(now.minusSeconds(3_000))).isEqualTo(1);
    }

    @Test
    void anUnknownStartIsWarmAndAnAbsurdOneIsTakenAsItIs() {
        assertThat(warmth(Instant.EPOCH)).isEqualTo(1);
        assertThat(warmth(Instant.MIN)).isEqualTo(1);
        assertThat(warmth(Instant.MAX)).isEqualTo(0.1);
    }

    @Test
    void anInstanceWhoseClockIsAheadWarmsUpFromWhenItWasFirstSeen() {
        Weights weights = weights(Duration.ofSeconds(30), EnumSet.of(WeightFactor.WARM_UP));
        EndpointRecord skewed = endpoint(now.plus(Duration.ofHours(1)));
        assertThat(weights.warmth(skewed)).isEqualTo(0.1);
        time.advance(Duration.ofSeconds(15));
        assertThat(weights.warmth(skewed)).isCloseTo(0.55, within(1e-9));
        time.advance(Duration.ofSeconds(15));
        assertThat(weights.warmth(skewed)).isEqualTo(1);
    }

    @Test
    void multipliesTheFactorsThatTheAlgorithmTakes() {
        Duration warmUp = Duration.ofSeconds(30);
        EndpointRecord half = endpoint(now.minusSeconds(15));
        assertThat(weight(weights(warmUp, Set.of()), half)).isEqualTo(1);
        assertThat(weight(weights(warmUp, EnumSet.of(WeightFactor.STATIC)), half))
                .isEqualTo(200);
        assertThat(weight(weights(warmUp, EnumSet.allOf(WeightFactor.class)), half))
                .isCloseTo(110, within(1e-9));
        assertThat(weights(warmUp, EnumSet.of(WeightFactor.STATIC)).warmth(half))
                .isEqualTo(1);
        assertThat(weight(weights(Duration.ZERO, EnumSet.allOf(WeightFactor.class)), endpoint(now)))
                .isEqualTo(200);
    }

    @Test
    void refreshesOftenEnoughToFollowTheRamp() {
        assertThat(weights(Duration.ofSeconds(30), Set.of()).refreshInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(weights(Duration.ofMillis(10), Set.of()).refreshInterval()).isEqualTo(Duration.ofMillis(200));
        assertThat(weights(Duration.ofHours(1), Set.of()).refreshInterval()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void refusesANegativeWarmUp() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> weights(Duration.ofSeconds(-1), Set.of()))
                .withMessage("warmUp: PT-1S (expected: zero or longer)");
    }
}
