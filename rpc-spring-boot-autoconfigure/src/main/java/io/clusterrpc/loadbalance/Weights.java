/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The one place where weights are computed: static x warm-up x dynamic, of which an algorithm takes some.
 *
 * <p>Warm-up is linear from 10 % when the instance became ready to 100 % one warm-up time later, by the wall clocks of both
 * sides. A start that lies in the future (skewed clocks) counts as the moment at which this process first saw the instance; an
 * unknown start means that it is warm. An instance that comes back from an ejection warms up again in a third of the time: it is
 * compiled already, but calls must not rush at it before it proved itself.
 */
final class Weights {

    private static final double COLD = 0.1;
    private static final int RETURNS_FASTER = 3;

    private final Set<WeightFactor> factors;
    private final Duration warmUp;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    Weights(Set<WeightFactor> factors, BalancerContext context) {
        this.factors = factors;
        this.warmUp = context.policy().warmUp();
        this.clock = context.clock();
        this.nanoTime = context.nanoTime();
    }

    /** The effective weight at a warmth; greater than 0 unless the static weight is 0 and taken. */
    double of(EndpointRecord endpoint, double warmth) {
        double weight = warmth;
        if (factors.contains(WeightFactor.STATIC)) {
            weight *= endpoint.instance().weight();
        }
        if (factors.contains(WeightFactor.DYNAMIC)) {
            weight *= endpoint.reportedWeight();
        }
        return weight;
    }

    /** How far the instance is warmed up: 0.1 to 1, below 1 it changes as time passes. Always 1 if the algorithm does not care. */
    double warmth(EndpointRecord endpoint) {
        return !factors.contains(WeightFactor.WARM_UP) || warmUp.isZero()
                ? 1
                : Math.min(warmthSinceStart(endpoint), warmthSinceReturn(endpoint));
    }

    private double warmthSinceReturn(EndpointRecord endpoint) {
        long nanos = endpoint.ejection().sinceReturnNanos(nanoTime);
        return nanos == Long.MAX_VALUE ? 1 : warmth(nanos, warmUp.toNanos() / RETURNS_FASTER);
    }

    private double warmthSinceStart(EndpointRecord endpoint) {
        Instant start = endpoint.instance().startTime();
        if (isLongAgo(start)) {
            return 1;
        }
        Duration age = Duration.between(start, clock.instant());
        if (age.isNegative()) {
            age = Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - endpoint.knownSince()));
        }
        return age.compareTo(warmUp) >= 0 ? 1 : warmth(age.toNanos(), warmUp.toNanos());
    }

    private static double warmth(long age, long warmUp) {
        return age >= warmUp ? 1 : COLD + (1 - COLD) * age / warmUp;
    }

    /** Answers cheaply for nearly all: this runs for every instance at every change of one. The epoch means unknown. */
    private boolean isLongAgo(Instant start) {
        return start.getEpochSecond() < clock.millis() / 1_000 - warmUp.toSeconds() - 1 || start.equals(Instant.EPOCH);
    }

    /** How often weights are worth computing anew while something is warming. */
    Duration refreshInterval() {
        long millis = warmUp.toMillis() / 60;
        return Duration.ofMillis(Math.max(200, Math.min(millis, 1_000)));
    }
}
