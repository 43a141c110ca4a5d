/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

/**
 * Finds the number of calls in flight above which they only queue. Where the latency is up to half more than without load, the
 * limit grows by its square root; above that it shrinks in proportion, to a half at most, so it settles where calls take less than
 * two and a half times as long as unloaded. The form is that of Netflix' Gradient2 ({@code concurrency-limits}).
 *
 * <p>A multiple says little of calls that take a fraction of a millisecond: some dozens of them that share the processors take ten times
 * as long, and nobody minds. So up to {@link LimitSettings#acceptableLatency()} on average calls are not too slow.
 *
 * <p>What differs is where the latency without load comes from. An average follows a long overload, and a minimum mistakes a slow
 * dependency for a queue for ever. Here it is measured: while less than half of the limit is in use, by the calls as they come; and
 * under pressure by letting only a quarter of the limit in for a moment every 10 s (BBR's <i>ProbeRTT</i>). If calls are as slow
 * then, they do not queue here, and the limit grows again.
 *
 * <p>Knows no clock: time comes with the calls. Thread-safe; the lock is held for some additions per call.
 */
final class AdaptiveLimit implements ConcurrencyLimit {

    private static final long WINDOW_NANOS = 100_000_000;
    private static final long LONGEST_WINDOW_NANOS = 1_000_000_000;
    private static final int FEWEST_CALLS = 10;

    /** By how much calls may be slower than without load before the limit falls. */
    private static final double TOLERANCE = 1.5;

    /** How much of a window's latency without load is believed, when it rose and when it fell. */
    private static final double BELIEF_UP = 0.05;

    private static final double BELIEF_DOWN = 0.5;

    private static final long FIRST_PROBE_NANOS = 1_000_000_000;
    private static final long PROBE_NANOS = 10_000_000_000L;
    private static final int PROBE_SHARE = 4;

    private final LimitSettings settings;
    private final long acceptableNanos;
    private volatile int limit;

    // Guarded by this
    private double estimate;
    private double unloadedNanos;
    private boolean probing;
    private boolean pressed;
    private long pressedSince;
    private long lastProbe;
    private boolean windowOpen;
    private long windowBegan;
    private long windowNanos;
    private int windowCalls;
    private int windowInFlight;

    AdaptiveLimit(LimitSettings settings) {
        this.settings = settings;
        this.acceptableNanos = settings.acceptableLatency().toNanos();
        this.estimate = settings.initial();
        this.limit = settings.initial();
    }

    @Override
    public int limit() {
        return limit;
    }

    @Override
    public synchronized void ended(long arrivedNanos, long endedNanos, int inFlight) {
        if (!windowOpen) {
            open(endedNanos);
        } else if (probing && inFlight > limit) {
            // Calls that were let in before the probe still queue.
            open(endedNanos);
            return;
        } else if ((probing || pressed) && arrivedNanos - windowBegan < 0) {
            // It tells how things were before the limit changed.
            return;
        }
        windowNanos += Math.max(1, endedNanos - arrivedNanos);
        windowCalls++;
        windowInFlight = Math.max(windowInFlight, inFlight);
        long lasted = endedNanos - windowBegan;
        if ((lasted >= WINDOW_NANOS || probing) && windowCalls >= FEWEST_CALLS || lasted >= LONGEST_WINDOW_NANOS) {
            evaluate((double) windowNanos / windowCalls, endedNanos);
            open(endedNanos);
        }
    }

    private void open(long now) {
        windowOpen = true;
        windowBegan = now;
        windowNanos = 0;
        windowCalls = 0;
        windowInFlight = 0;
    }

    private void evaluate(double latency, long now) {
        if (probing) {
            probing = false;
            unloadedNanos = latency;
        } else if (windowInFlight < estimate / 2) {
            pressed = false;
            learn(latency);
            if (estimate < settings.initial()) {
                estimate = Math.min(settings.initial(), estimate + Math.sqrt(estimate) / 4);
            }
        } else {
            follow(latency, now);
        }
        limit = probing ? Math.max(1, (int) estimate / PROBE_SHARE) : (int) estimate;
    }

    private void learn(double latency) {
        double belief = unloadedNanos == 0 ? 1 : latency > unloadedNanos ? BELIEF_UP : BELIEF_DOWN;
        unloadedNanos += belief * (latency - unloadedNanos);
    }

    private void follow(double latency, long now) {
        if (unloadedNanos == 0) {
            unloadedNanos = latency;
        }
        double accepted = Math.max(TOLERANCE * unloadedNanos, acceptableNanos);
        double gradient = Math.max(0.5, Math.min(1, accepted / latency));
        double next = estimate * gradient + Math.sqrt(estimate);
        estimate = Math.max(settings.min(), Math.min(settings.max(), next));
        if (gradient == 1) {
            pressed = false;
            return;
        }
        if (!pressed) {
            pressed = true;
            pressedSince = now;
        }
        if (now - pressedSince >= FIRST_PROBE_NANOS && (lastProbe == 0 || now - lastProbe >= PROBE_NANOS)) {
            probing = true;
            lastProbe = now;
        }
    }
}
