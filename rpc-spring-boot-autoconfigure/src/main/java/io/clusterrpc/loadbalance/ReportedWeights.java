/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;

/**
 * Turns what the connected instances report into the dynamic factor of their weights, once an update period. The mean of those
 * that report is 1, so that a static weight keeps its meaning beside it; an instance without a usable report gets that mean.
 * Where fewer than two report there is nothing to compare, and all get 1 (gRFC A58). Owned by the synchronization context.
 */
final class ReportedWeights {

    private static final double STEPS = 1_000;

    private final ReportedLoadPolicy policy;
    private final LongSupplier nanoTime;
    private final boolean taken;
    private long updated;

    /** @param taken whether the algorithm takes the dynamic factor */
    ReportedWeights(ReportedLoadPolicy policy, LongSupplier nanoTime, boolean taken) {
        this.policy = policy;
        this.nanoTime = nanoTime;
        this.taken = taken;
        this.updated = nanoTime.getAsLong() - policy.updatePeriod().toNanos();
    }

    /** Whether weights follow reports, so that they are worth updating again and again. */
    boolean taken() {
        return taken;
    }

    Duration updatePeriod() {
        return policy.updatePeriod();
    }

    /** Computes the weights anew if it is time to. */
    void update(Collection<Endpoint> endpoints) {
        long now = nanoTime.getAsLong();
        if (!taken || now - updated < policy.updatePeriod().toNanos()) {
            return;
        }
        updated = now;
        double sum = 0;
        int reporting = 0;
        for (Endpoint endpoint : endpoints) {
            double weight = endpoint.isReady() ? endpoint.known().load().weight(policy, now) : 0;
            sum += weight;
            reporting += weight > 0 ? 1 : 0;
        }
        double mean = reporting < 2 ? 0 : sum / reporting;
        for (Endpoint endpoint : endpoints) {
            double weight = endpoint.isReady() ? endpoint.known().load().weight(policy, now) : 0;
            endpoint.known().weigh(mean > 0 && weight > 0 ? rounded(weight / mean) : 1);
        }
    }

    /** To a tenth of a percent of the mean, so that noise makes no new picker; never 0. */
    private static double rounded(double weight) {
        return Math.max(1, Math.round(weight * STEPS)) / STEPS;
    }
}
