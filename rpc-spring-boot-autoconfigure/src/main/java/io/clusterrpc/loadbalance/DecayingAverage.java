/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An average in which a sample loses weight with the time since it was taken, not with the number of samples that followed.
 * Lock-free, allocates nothing: the average (a float) and the time of its last sample (in ticks of 16 microseconds, modulo
 * 2^32) share one long.
 */
final class DecayingAverage {

    private static final int TICK_BITS = 14;
    private static final int RACE_TICKS = 1 << 16;
    private static final float LONGEST = Duration.ofHours(1).toNanos();

    private final AtomicLong valueAndTick = new AtomicLong();
    private final double decayTicks;

    /** Creates an average of nothing; after {@code decay} a sample weighs 1/e of what it did. */
    DecayingAverage(Duration decay) {
        if (decay.isNegative() || decay.isZero()) {
            throw new IllegalArgumentException("decay: " + decay + " (expected: longer than zero)");
        }
        this.decayTicks = decay.toNanos() / (double) (1 << TICK_BITS);
    }

    /** Takes a sample; a negative or absurdly long one is brought into range. */
    void add(long nanoTime, long sampleNanos) {
        update(nanoTime, sampleNanos, false);
    }

    /** Takes a sample of which only the least possible value is known: it can raise the average, never lower it. */
    void addAtLeast(long nanoTime, long sampleNanos) {
        update(nanoTime, sampleNanos, true);
    }

    private void update(long nanoTime, long sampleNanos, boolean raiseOnly) {
        float sample = Math.max(1, Math.min(sampleNanos, LONGEST));
        int tick = (int) (nanoTime >> TICK_BITS);
        long before;
        long after;
        do {
            before = valueAndTick.get();
            float average = value(before);
            if (raiseOnly && sample <= average) {
                return;
            }
            after = average == 0 ? pack(sample, tick) : pack(sample + (average - sample) * kept(before, tick), tick);
        } while (!valueAndTick.compareAndSet(before, after));
    }

    /** Which part of the old average is left. */
    private float kept(long before, int tick) {
        int ticks = tick - (int) before;
        if (ticks < -RACE_TICKS) {
            return 0; // not a slower thread, but a pause of hours
        }
        return (float) Math.exp(-Math.max(ticks, 1) / decayTicks);
    }

    /** Returns what the average would be after a sample of nothing now. */
    long faded(long nanoTime) {
        long current = valueAndTick.get();
        float average = value(current);
        return average <= 1 ? 0 : (long) (average * kept(current, (int) (nanoTime >> TICK_BITS)));
    }

    /** Returns the average in nanoseconds, 0 if there was no sample yet. */
    long nanos() {
        return (long) value(valueAndTick.get());
    }

    private static float value(long packed) {
        return Float.intBitsToFloat((int) (packed >>> 32));
    }

    private static long pack(float value, int tick) {
        return (long) Float.floatToRawIntBits(value) << 32 | Integer.toUnsignedLong(tick);
    }
}
