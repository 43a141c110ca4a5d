/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.LoadBalancer.Helper;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When connections that failed are tried again, in place of gRPC's backoff: that one grows to two minutes, and then an outage whose end nobody
 * tells of (fixed addresses, a registry that is down as well) lasts up to two minutes longer for callers.
 * <ul>
 *   <li>While none stands, callers wait for this: each is tried after a hundredth of the time for which none stood, 1 s at least and 10 s at most.
 *   <li>While others stand there is no hurry: after 1 s, then each time 1.6 times as long, at most 10 s.
 * </ul>
 * Always up to half of that later at random, since many consumers lose their connections at one moment; and never more than a hundred
 * tries a second in all.
 *
 * <p>Owned by the synchronization context.
 */
final class Reconnects {

    private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int PARTS_OF_OUTAGE = 100;
    private static final double GROWTH = 1.6;
    private static final double JITTER = 0.5;
    private static final long NANOS_PER_INSTANCE = TimeUnit.MILLISECONDS.toNanos(10);

    private final Helper helper;
    private final BalancerContext context;
    private final Collection<Endpoint> endpoints;
    private final Map<Endpoint, Failing> failing = new IdentityHashMap<>();
    private boolean outage;
    private long outageSince;

    /** What failed since it last stood. */
    private static final class Failing {

        /** How long it was waited for last while others stood. */
        double pauseNanos;

        /** The next try, {@code null} while it is under way. */
        @Nullable
        ScheduledHandle next;

        void cancel() {
            if (next != null) {
                next.cancel();
                next = null;
            }
        }
    }

    /**
     * Creates one that waits for nothing.
     *
     * @param helper of the channel
     * @param context clock, randomness, and how many connections stand
     * @param endpoints those of now
     */
    Reconnects(Helper helper, BalancerContext context, Collection<Endpoint> endpoints) {
        this.helper = helper;
        this.context = context;
        this.endpoints = endpoints;
    }

    /** Some may have left. */
    void look() {
        boolean none = context.endpoints().readyInstances() == 0;
        if (none && !outage) {
            outageSince = context.nanoTime().getAsLong();
            outage = true;
            failing.forEach(this::hurry);
        }
        outage = none;
    }

    /** The connection of an endpoint changed, and the endpoint knows. */
    void changed(Endpoint endpoint) {
        look();
        if (endpoint.isReady()) {
            dropped(endpoint);
        } else if (endpoint.inBackoff()) {
            Failing failed = failing.computeIfAbsent(endpoint, it -> new Failing());
            failed.cancel();
            schedule(endpoint, failed);
        }
    }

    /** What waits because others stood waits no longer. */
    private void hurry(Endpoint endpoint, Failing failed) {
        failed.pauseNanos = 0;
        if (failed.next != null) {
            failed.cancel();
            schedule(endpoint, failed);
        }
    }

    private void schedule(Endpoint endpoint, Failing failed) {
        double pause = Math.max(pause(failed), (double) endpoints.size() * NANOS_PER_INSTANCE);
        pause += pause * JITTER * context.random().get().nextDouble();
        failed.next = helper.getSynchronizationContext()
                .schedule(
                        () -> {
                            failed.next = null;
                            endpoint.connect();
                        },
                        (long) pause,
                        TimeUnit.NANOSECONDS,
                        helper.getScheduledExecutorService());
    }

    private double pause(Failing failed) {
        if (outage) {
            long lasted = context.nanoTime().getAsLong() - outageSince;
            return Math.max(SHORTEST_NANOS, Math.min(LONGEST_NANOS, lasted / PARTS_OF_OUTAGE));
        }
        failed.pauseNanos = Math.max(SHORTEST_NANOS, Math.min(LONGEST_NANOS, failed.pauseNanos * GROWTH));
        return failed.pauseNanos;
    }

    /** An endpoint is connected, or not among those of now any more. */
    void dropped(Endpoint endpoint) {
        Failing failed = failing.remove(endpoint);
        if (failed != null) {
            failed.cancel();
        }
    }

    void stop() {
        failing.values().forEach(Failing::cancel);
        failing.clear();
    }
}
