/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One round: schedules side by side, and what happens to the backends meanwhile. For one thread. */
public final class Round {

    private final List<Schedule> schedules;
    private final List<Event> events = new ArrayList<>();

    private record Event(int second, Runnable change) {}

    /**
     * Prepares a round.
     *
     * @param schedules the calls to make
     */
    public Round(List<Schedule> schedules) {
        this.schedules = List.copyOf(schedules);
    }

    /**
     * Plans an event.
     *
     * @param second since the beginning of the round
     * @param change what happens; must not take long
     * @return this
     */
    public Round at(int second, Runnable change) {
        events.add(new Event(second, change));
        return this;
    }

    /**
     * Makes all calls and waits for their ends.
     *
     * @param leadSeconds for how long the schedules begin before the round
     * @throws InterruptedException if interrupted
     */
    public void run(int leadSeconds) throws InterruptedException {
        long round = System.nanoTime() + TimeUnit.SECONDS.toNanos(leadSeconds + 1);
        for (int i = 0; i < schedules.size(); i++) {
            schedules.get(i).start(round, i / (double) schedules.size());
        }
        events.sort(Comparator.comparingInt(Event::second));
        int happened = 0;
        for (Schedule next = next(); next.nextNanos() != Long.MAX_VALUE; next = next()) {
            waitUntil(next.nextNanos());
            if (happened < events.size()
                    && System.nanoTime() - round
                            >= TimeUnit.SECONDS.toNanos(events.get(happened).second())) {
                events.get(happened++).change().run();
            }
            next.makeNext();
        }
        for (Schedule schedule : schedules) {
            schedule.finish();
        }
    }

    private Schedule next() {
        Schedule soonest = schedules.get(0);
        for (int i = 1; i < schedules.size(); i++) {
            if (schedules.get(i).nextNanos() < soonest.nextNanos()) {
                soonest = schedules.get(i);
            }
        }
        return soonest;
    }

    private static void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
