/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one instance: its recent calls, whether it is ejected, and how often it was. It outlives connections and
 * balancers. Written by the {@link Ejector} in the synchronization context, but for the recent calls; {@link #view} is for anyone.
 */
public final class Ejection {

    final RecentCalls calls = new RecentCalls();

    /** Set by transport threads, cleared at each tick. */
    volatile boolean used;

    volatile boolean heard;

    private volatile @Nullable EjectionView view;
    private volatile long returnedNanos;
    private volatile boolean everReturned;

    // Owned by the synchronization context
    long untilNanos;
    long forgivenNanos;
    int times;
    /** For how long calls were under way and nothing came back. */
    long quietNanos;
    /** How many health calls in a row broke the silence, without a new user call in between. */
    int silencesBroken;

    boolean connectionLost;

    @Nullable
    HealthProbe probe;

    /** Creates the memory of an instance that nobody called yet. */
    public Ejection() {}

    /**
     * Whether the instance gets no calls, and why.
     *
     * @return {@code null} if it is not ejected
     */
    public @Nullable EjectionView view() {
        return view;
    }

    /**
     * Whether the instance is ejected.
     *
     * @return whether there is a {@link #view}
     */
    public boolean isEjected() {
        return view != null;
    }

    /**
     * How long ago it came back from an ejection.
     *
     * @param nanoTime a monotonic clock, read only if it ever came back
     * @return nanoseconds, the largest number if it never was ejected
     */
    public long sinceReturnNanos(LongSupplier nanoTime) {
        return everReturned ? nanoTime.getAsLong() - returnedNanos : Long.MAX_VALUE;
    }

    EjectionView eject(EjectionReason reason, String detail, Instant since, Instant until) {
        EjectionView ejected = new EjectionView(reason, detail, since, until, times);
        view = ejected;
        quietNanos = 0;
        silencesBroken = 0;
        connectionLost = false;
        return ejected;
    }

    /** The instance stays out although its time is over. */
    void prolong(String problem, Instant until) {
        EjectionView before = view;
        if (before != null) {
            view = new EjectionView(before.reason(), "health call: " + problem, before.since(), until, before.times());
        }
    }

    void comeBack(long nanoTime) {
        view = null;
        returnedNanos = nanoTime;
        forgivenNanos = nanoTime;
        everReturned = true;
        quietNanos = 0;
    }

    void cancelProbe() {
        HealthProbe pending = probe;
        probe = null;
        if (pending != null) {
            pending.cancel();
        }
    }
}
