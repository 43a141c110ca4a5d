/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;

/** An application with slots for calls, on simulated time. Calls come at random (Poisson) and take a time with 20 % of spread. */
final class SimulatedProvider {

    private record Work(long arrived, long ends) {}

    private final ConcurrencyLimit limit;
    private final Random random = new Random(42);
    private final PriorityQueue<Work> working = new PriorityQueue<>((a, b) -> Long.compare(a.ends(), b.ends()));
    private final Queue<Long> waiting = new ArrayDeque<>();
    private final List<Long> latencies = new ArrayList<>();
    private long now = 1;
    private int slots;
    private double serviceNanos;
    private int shed;
    private int lowestLimit = Integer.MAX_VALUE;

    SimulatedProvider(ConcurrencyLimit limit) {
        this.limit = limit;
    }

    void slots(int number, int millis) {
        slots = number;
        serviceNanos = millis * 1e6;
    }

    void run(int perSecond, int seconds) {
        long end = now + seconds * 1_000_000_000L;
        double meanGap = 1e9 / perSecond;
        for (long next = now; next < end; next += 1 + (long) (-Math.log(1 - random.nextDouble()) * meanGap)) {
            finishUntil(next);
            now = next;
            lowestLimit = Math.min(lowestLimit, limit.limit());
            if (inFlight() >= limit.limit()) {
                shed++;
            } else if (working.size() < slots) {
                begin(next);
            } else {
                waiting.add(next);
            }
        }
    }

    private void finishUntil(long time) {
        while (!working.isEmpty() && working.peek().ends() <= time) {
            int before = inFlight();
            Work done = working.remove();
            now = done.ends();
            latencies.add(now - done.arrived());
            limit.ended(done.arrived(), now, before);
            if (!waiting.isEmpty() && working.size() < slots) {
                begin(waiting.remove());
            }
        }
    }

    private void begin(long arrived) {
        working.add(new Work(arrived, now + (long) (serviceNanos * (0.9 + 0.2 * random.nextDouble()))));
    }

    private int inFlight() {
        return working.size() + waiting.size();
    }

    void forget() {
        latencies.clear();
        shed = 0;
    }

    int answered() {
        return latencies.size();
    }

    int shed() {
        return shed;
    }

    int limit() {
        return limit.limit();
    }

    int lowestLimit() {
        return lowestLimit;
    }

    double quantileMillis(double quantile) {
        List<Long> sorted = new ArrayList<>(latencies);
        Collections.sort(sorted);
        return sorted.get((int) (quantile * sorted.size())) / 1e6;
    }
}
