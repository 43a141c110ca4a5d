/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One cluster under one load. What all have in common:
 * <ul>
 *   <li>Calls arrive as a Poisson process at clients chosen by chance; each client picks by itself.
 *   <li>A server works on four calls at a time and queues the others first in, first out. A call takes an exponentially distributed time
 *       with a mean of 8 ms at a server of speed 1, twice that at one of speed 0.5; the time is fixed when the work begins.
 *   <li>An answer takes 0.5 ms on its way. After 5 s the client gives up: the call counts as failed and as 5 s long, a server that
 *       has not begun with it drops it.
 *   <li>The first ten seconds are not measured.
 * </ul>
 *
 * @param name in the samples
 * @param callsPerSecond of all clients together
 * @param seconds how long it runs
 * @param uneven whether every other server has speed 0.5, and each server is ten times slower for 2 s now and then (exponentially
 *     distributed, every 60 s on average)
 * @param special what happens to server 0
 * @param from when that begins, in seconds
 * @param until when it ends
 * @param policies who is compared
 */
record Column(
        String name,
        int clients,
        int servers,
        double callsPerSecond,
        int seconds,
        boolean uneven,
        Special special,
        double from,
        double until,
        List<Policy> policies) {

    static final int SETTLED_SECONDS = 10;
    static final int CORES = 4;
    static final double SLOWDOWN_EVERY_SECONDS = 60;
    static final double SLOWDOWN_FACTOR = 10;
    static final double WORK_NANOS = 8e6;

    static final List<Column> TABLE = List.of(
            uneven("10x20@70", 10, 20, 0.7, 40),
            uneven("10x20@90", 10, 20, 0.9, 40),
            uneven("100x20@70", 100, 20, 0.7, 40),
            uneven("100x100@90", 100, 100, 0.9, 30));
    static final List<Column> EQUAL = List.of(
            equal("equal-10x20@70", 10, 20, 0.7),
            equal("equal-100x20@70", 100, 20, 0.7),
            equal("equal-10x20@20", 10, 20, 0.2));
    static final List<Column> SPECIAL = List.of(
            special("linkerd", 1, 11, 1_000, 70, Special.STUCK, 25, 55),
            special("failing", 10, 10, 1_500, 40, Special.FAILING, 10, 40),
            special("slow", 4, 5, 500, 90, Special.SLOW, 15, 45),
            special("joining", 100, 20, 4_000, 60, Special.JOINING, 15, 45));

    /** What happens to server 0. */
    enum Special {
        NONE,
        /** As in Linkerd's experiment of 2016: all answer after N(167, 5) ms without queueing, this one after 2 s meanwhile. */
        STUCK,
        /** It answers each call with UNAVAILABLE at once. */
        FAILING,
        /** Each call takes 500 ms longer, not on a core. */
        SLOW,
        /** It is not there before, then its weight grows from 10 % to 100 %. */
        JOINING
    }

    private static Column uneven(String name, int clients, int servers, double load, int seconds) {
        double capacity = servers * CORES * 0.75 / WORK_NANOS * 1e9;
        List<Policy> all = List.of(Policy.values());
        return new Column(name, clients, servers, capacity * load, seconds, true, Special.NONE, 0, 0, all);
    }

    private static Column equal(String name, int clients, int servers, double load) {
        double capacity = servers * CORES / WORK_NANOS * 1e9;
        return new Column(name, clients, servers, capacity * load, 50, false, Special.NONE, 0, 0, Policy.FEW);
    }

    private static Column special(
            String name,
            int clients,
            int servers,
            double calls,
            int seconds,
            Special special,
            double from,
            double until) {
        return new Column(name, clients, servers, calls, seconds, false, special, from, until, Policy.FEW);
    }

    /** Whether the special thing happens at a time. */
    boolean during(Special what, int server, long now) {
        return special == what && server == 0 && now >= from * 1e9 && now < until * 1e9;
    }

    boolean queues() {
        return special != Special.STUCK;
    }

    /** How long a server works on a call that it begins with now. */
    long serviceNanos(int server, boolean slowed, long now, RandomGenerator random) {
        if (!queues()) {
            return (long) (during(Special.STUCK, server, now) ? 2e9 : 1e6 * (167 + 5 * random.nextGaussian()));
        }
        double speed = uneven && server % 2 == 1 ? 0.5 : 1;
        return (long) (random.nextExponential() * WORK_NANOS / speed * (slowed ? SLOWDOWN_FACTOR : 1));
    }

    /** The weights at a time. */
    double[] weights(long now) {
        double[] weights = new double[servers];
        Arrays.fill(weights, 100);
        if (special == Special.JOINING) {
            double progress = (now / 1e9 - from) / (until - from);
            weights[0] = progress < 0 ? 0 : 100 * Math.min(1, 0.1 + 0.9 * progress);
        }
        return weights;
    }
}
