/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A weighted rotation that corrects itself: the instance whose turn it is gets the call unless one of three others, chosen by
 * chance, is expected to answer clearly sooner: by half if the first one is idle, where waiting is not at stake, else by a fifth.
 *
 * <p>The expectation is <i>latency x (1 + in flight / relative weight)</i>, after peak EWMA (Finagle) and the power of some choices
 * (Mitzenmacher 2001). Latency is the average that decays with time, at least as long as the instance has been silent although it
 * owes responses, times {@code 1 + 100 x} the share of recent failures, so that failing fast attracts nothing.
 *
 * <p>The turns are what makes it equal to round robin on equal instances, they honour the weights, and they explore: an instance without
 * any answer yet gets its turns, one call at a time, and is no alternative for others. One that is clearly off (four times slower, or failing)
 * is no alternative either, and its turn is a probe: taken only if nothing happened there for two seconds.
 *
 * <p>Latencies below 5 ms count as 5 ms: among instances that fast, load and turns decide. For three seconds from its first call on an instance
 * that is only slow keeps its turns, one call at a time: latencies of a cold JVM say little about it, and only calls make it warm. For the same
 * reason latencies up to 50 ms are not held against an idle instance at its turn while it warms up. And later one that is slower, but not
 * clearly off, keeps a tenth of its turns while it is idle and takes no longer than that: who is called rarely is slow for that alone.
 *
 * <p>The constants come from the simulation {@code benchmarks/run.sh ramp}, but for the two about cold instances, which the simulation does not
 * know: those come from the demo. Lock-free, allocates nothing.
 */
final class AdaptiveSelector implements Selector {

    private static final int OTHERS = 3;
    private static final double FAILURE_PENALTY = 100;
    private static final double CLEARLY_OFF = 4;
    private static final double CLEARLY_SOONER = 1.2;
    private static final double CLEARLY_SOONER_THAN_IDLE = 1.5;
    /** What a cold JVM takes more than a warm one; if that counted, who is cold would get no calls and stay cold. */
    private static final double LEAST_LATENCY = Duration.ofMillis(5).toNanos();

    /** Up to here a JVM that started some seconds ago may be slow because it compiles. */
    private static final double LATENCY_OF_COLD = Duration.ofMillis(50).toNanos();

    /** The share of its turns that keep one warm that is called too rarely to be fast. */
    private static final double EXPLORED = 0.1;

    private static final long PROBE_INTERVAL = Duration.ofSeconds(2).toNanos();
    private static final long ACQUAINTANCE = Duration.ofSeconds(3).toNanos();

    private final Candidate[] candidates;
    /** Average weight divided by the candidate's. */
    private final double[] lightness;

    private final SmoothRotation turns;
    private final Supplier<RandomGenerator> random;
    private final LongSupplier nanoTime;

    AdaptiveSelector(List<? extends Candidate> candidates, Supplier<RandomGenerator> random, LongSupplier nanoTime) {
        double average =
                candidates.stream().mapToDouble(Candidate::weight).average().orElseThrow();
        this.candidates = candidates.toArray(Candidate[]::new);
        this.lightness = candidates.stream()
                .mapToDouble(candidate -> average / candidate.weight())
                .toArray();
        this.random = random;
        this.nanoTime = nanoTime;
        this.turns = SmoothRotation.over(candidates, random.get());
    }

    @Override
    public int select(PickSubchannelArgs call) {
        int size = candidates.length;
        long now = nanoTime.getAsLong();
        int turn = turns.select(call);
        int known = -1;
        double knownCost = Double.POSITIVE_INFINITY;
        double knownTrouble = 0;
        int unknown = -1;
        double unknownCost = Double.POSITIVE_INFINITY;
        int others = Math.min(OTHERS, size - 1);
        // A random start and a random step never meet the same one twice.
        RandomGenerator generator = random.get();
        int at = others == size - 1 ? 0 : generator.nextInt(size - 1);
        int step = others == size - 1 ? 1 : 1 + generator.nextInt((size - 2) / OTHERS);
        for (int i = 0; i < others; i++, at += step) {
            int other = (turn + 1 + at % (size - 1)) % size;
            Candidate candidate = candidates[other];
            double light = lightness[other];
            // Called out of its turn a light one pays for the call, too.
            double load = Math.max(1, light) + candidate.inFlight() * light;
            double latency = latency(candidate, now);
            double trouble = latency * penalty(candidate, now);
            if (latency > 0 && trouble * load < knownCost) {
                known = other;
                knownCost = trouble * load;
                knownTrouble = trouble;
            } else if (latency == 0 && penalty(candidate, now) * load < unknownCost) {
                unknown = other;
                unknownCost = penalty(candidate, now) * load;
            }
        }
        Candidate first = candidates[turn];
        double load = 1 + first.inFlight() * lightness[turn];
        double penalty = penalty(first, now);
        if (known < 0) {
            return penalty * load <= CLEARLY_SOONER * unknownCost || probes(first, penalty, now) ? turn : unknown;
        }
        double latency = latency(first, now);
        if (latency == 0) {
            if (first.inFlight() > 0) {
                return known; // its first answer is awaited
            }
            latency = knownTrouble;
        } else if (first.inFlight() == 0 && latency <= LATENCY_OF_COLD && first.warming()) {
            latency = Math.min(latency, knownTrouble);
        }
        double trouble = latency * penalty;
        double margin = first.inFlight() == 0 ? CLEARLY_SOONER_THAN_IDLE : CLEARLY_SOONER;
        if (trouble <= CLEARLY_OFF * knownTrouble && trouble * load <= margin * knownCost) {
            return turn;
        }
        // What it took long ago may not be what it takes now.
        boolean explored = first.inFlight() == 0
                && latency <= LATENCY_OF_COLD
                && trouble <= CLEARLY_OFF * knownTrouble
                && generator.nextDouble() < EXPLORED;
        return explored || first.quietNanos(now) >= PROBE_INTERVAL || isNew(first, penalty, now) ? turn : known;
    }

    /** Perhaps it is only cold, and calls are what warms it: it gets one at a time, unless it fails. */
    private static boolean isNew(Candidate first, double penalty, long now) {
        return first.inFlight() == 0 && penalty <= CLEARLY_OFF && first.acquaintedNanos(now) < ACQUAINTANCE;
    }

    private static boolean probes(Candidate first, double penalty, long now) {
        return penalty > CLEARLY_OFF && first.quietNanos(now) >= PROBE_INTERVAL;
    }

    /** 0 if nothing is known. */
    private static double latency(Candidate candidate, long now) {
        long average = candidate.latencyNanos();
        return average <= 0 ? 0 : Math.max(LEAST_LATENCY, Math.max(average, candidate.waitingNanos(now)));
    }

    private static double penalty(Candidate candidate, long now) {
        return 1 + FAILURE_PENALTY * candidate.failureRate(now);
    }
}
