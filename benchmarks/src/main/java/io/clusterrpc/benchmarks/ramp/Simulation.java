/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.clusterrpc.benchmarks.ramp.Column.Special;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One run of one column with one policy and one seed. Arrivals and slowdowns of a seed are the same for all policies. Not
 * thread-safe; runs of the same arguments measure the same.
 */
final class Simulation {

    private static final int CALLS = 1 << 20; // more than arrive in the time that one can last
    private static final long SECOND = 1_000_000_000L;
    private static final long ROUND_TRIP = 500_000;
    private static final long TIMEOUT = 5 * SECOND;
    private static final long SLOWDOWN = 2 * SECOND;

    private static final byte OPEN = 0;
    private static final byte OVER = 1;
    private static final byte REFUSED = 2;

    private final Column column;
    private final List<Client> clients = new ArrayList<>();
    private final Measured measured;
    private final SplittableRandom arrivals;
    private final SplittableRandom work;
    private final SplittableRandom slowdowns;
    private long now;

    // Of calls
    private final short[] client = new short[CALLS];
    private final short[] server = new short[CALLS];
    private final byte[] state = new byte[CALLS];
    private final long[] sent = new long[CALLS];
    private final long[] service = new long[CALLS];
    private final int[] queue = new int[CALLS];
    private int next;

    // Of servers
    private final int[] busy;
    private final Fifo[] waiting;
    private final boolean[] slowed;
    private final double[] answered;
    private final double[] worked;

    /** Ends of work by the number of the call, begins and ends of slowdowns by -1 minus the number of the server. */
    private final Agenda agenda = new Agenda();

    private final Fifo delayed = new Fifo();
    private final Fifo responses = new Fifo();
    private final Fifo timeouts = new Fifo();

    Simulation(Column column, Policy policy, long seed) {
        this.column = column;
        this.measured = new Measured(column);
        SplittableRandom seeds = new SplittableRandom(seed);
        arrivals = seeds.split();
        work = seeds.split();
        slowdowns = seeds.split();
        SplittableRandom choices = seeds.split();
        for (int i = 0; i < column.clients(); i++) {
            clients.add(policy.client(column, () -> now, choices));
        }
        int servers = column.servers();
        busy = new int[servers];
        slowed = new boolean[servers];
        answered = new double[servers];
        worked = new double[servers];
        waiting = new Fifo[servers];
        Arrays.setAll(waiting, i -> new Fifo());
    }

    Measured run() {
        if (column.uneven()) {
            for (int i = 0; i < column.servers(); i++) {
                agenda.add(untilSlowdown(), -1 - i);
            }
        }
        double gap = SECOND / column.callsPerSecond();
        long arrival = 0;
        long tick = 0;
        while (true) {
            long first = Math.min(Math.min(arrival, tick), Math.min(agenda.first(), delayed.first()));
            now = Math.min(first, Math.min(responses.first(), timeouts.first()));
            if (now >= column.seconds() * SECOND) {
                return measured;
            } else if (now == tick) {
                tick();
                tick += SECOND / 2;
            } else if (now == responses.first()) {
                respond(responses.remove());
            } else if (now == timeouts.first()) {
                timeOut(timeouts.remove());
            } else if (now == delayed.first()) {
                complete(delayed.remove());
            } else if (now == agenda.first()) {
                int what = agenda.remove();
                if (what < 0) {
                    slowDownOrRecover(-1 - what);
                } else {
                    complete(what);
                    free(server[what]);
                }
            } else {
                arrive();
                arrival = now + Math.max(1, (long) (arrivals.nextExponential() * gap));
            }
        }
    }

    private long untilSlowdown() {
        return (long) (slowdowns.nextExponential() * Column.SLOWDOWN_EVERY_SECONDS * SECOND);
    }

    private void slowDownOrRecover(int at) {
        slowed[at] = !slowed[at];
        agenda.add(now + (slowed[at] ? SLOWDOWN : untilSlowdown()), -1 - at);
    }

    /** Twice a second: what clients hear. */
    private void tick() {
        if (column.special() == Special.JOINING) {
            double[] weights = column.weights(now);
            clients.forEach(it -> it.weigh(weights));
        }
        if (now % SECOND == 0 && column.queues()) {
            double[] utilization = Arrays.stream(worked)
                    .map(nanos -> nanos / SECOND / Column.CORES)
                    .toArray();
            clients.forEach(it -> it.reported(now, answered, utilization));
            Arrays.fill(answered, 0);
            Arrays.fill(worked, 0);
        }
    }

    private void arrive() {
        int call = next++ & (CALLS - 1);
        int from = arrivals.nextInt(column.clients());
        int to = clients.get(from).pick();
        clients.get(from).sent(to, now);
        client[call] = (short) from;
        server[call] = (short) to;
        state[call] = OPEN;
        sent[call] = now;
        measured.picked(to, now);
        timeouts.add(now + TIMEOUT, call);
        if (column.during(Special.FAILING, to, now)) {
            state[call] = REFUSED;
            responses.add(now + ROUND_TRIP, call);
        } else if (column.during(Special.SLOW, to, now)) {
            service[call] = column.serviceNanos(to, false, now, work);
            delayed.add(now + SECOND / 2 + (long) Column.WORK_NANOS, call);
        } else if (busy[to] < Column.CORES || !column.queues()) {
            begin(call, to);
        } else {
            waiting[to].add(now, call);
        }
    }

    private void begin(int call, int at) {
        busy[at]++;
        service[call] = column.serviceNanos(at, slowed[at], now, work);
        worked[at] += service[call];
        agenda.add(now + service[call], call);
    }

    private void complete(int call) {
        int at = server[call];
        answered[at]++;
        queue[call] = waiting[at].size() + busy[at];
        if (state[call] == OPEN) {
            responses.add(now + ROUND_TRIP, call);
        }
    }

    private void free(int at) {
        busy[at]--;
        while (waiting[at].size() > 0 && busy[at] < Column.CORES) {
            int call = waiting[at].remove();
            if (state[call] == OPEN) {
                begin(call, at);
            }
        }
    }

    private void respond(int call) {
        if (state[call] == OVER) {
            return; // the client gave up while the answer was on its way
        }
        boolean refused = state[call] == REFUSED;
        Client to = clients.get(client[call]);
        if (refused) {
            to.failed(server[call], Code.UNAVAILABLE, sent[call], now);
        } else {
            to.answered(server[call], sent[call], now, queue[call], service[call]);
        }
        state[call] = OVER;
        measured.ended(server[call], sent[call], now, refused);
    }

    private void timeOut(int call) {
        if (state[call] != OVER) {
            state[call] = OVER;
            clients.get(client[call]).failed(server[call], Code.DEADLINE_EXCEEDED, sent[call], now);
            measured.ended(server[call], sent[call], now, true);
        }
    }
}
