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
        slotsOfMicros(number, millis * 1_000);
    }

    void slotsOfMicros(int number, int micros) {
        slots = number;
        serviceNanos = micros * 1e3;
    }

    /** Callers each of whom calls again as soon as it has an answer, and a millisecond after a refusal. */
    void runCallers(int callers, int seconds) {
        long end = now + seconds * 1_000_000_000L;
        PriorityQueue<Long> calls = new PriorityQueue<>();
        int waiters = Math.max(0, callers - inFlight());
        for (int i = 0; i < waiters; i++) {
            calls.add(now + i);
        }
        while (now < end) {
            Work first = working.peek();
            if (first != null && (calls.isEmpty() || first.ends() <= calls.peek())) {
                int before = latencies.size();
                finishUntil(first.ends());
                for (int i = before; i < latencies.size(); i++) {
                    calls.add(now);
                }
                continue;
            }
            now = Math.max(now, calls.remove());
            if (!arrive(now)) {
                calls.add(now + 1_000_000);
            }
        }
    }

    void run(int perSecond, int seconds) {
        long end = now + seconds * 1_000_000_000L;
        double meanGap = 1e9 / perSecond;
        for (long next = now; next < end; next += 1 + (long) (-Math.log(1 - random.nextDouble()) * meanGap)) {
            finishUntil(next);
            now = next;
            arrive(next);
        }
    }

    private boolean arrive(long time) {
        lowestLimit = Math.min(lowestLimit, limit.limit());
        if (inFlight() >= limit.limit()) {
            shed++;
            return false;
        }
        if (working.size() < slots) {
            begin(time);
        } else {
            waiting.add(time);
        }
        return true;
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
