/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import java.util.Arrays;

/** What will happen, by time: a heap without objects. Not thread-safe. */
final class Agenda {

    private long[] times = new long[1 << 12];
    private int[] whats = new int[1 << 12];
    private int size;

    /** The time of the first, far in the future if there is none. */
    long first() {
        return size == 0 ? Long.MAX_VALUE : times[0];
    }

    void add(long time, int what) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            whats = Arrays.copyOf(whats, 2 * size);
        }
        int at = size++;
        while (at > 0 && times[(at - 1) >> 1] > time) {
            move((at - 1) >> 1, at);
            at = (at - 1) >> 1;
        }
        times[at] = time;
        whats[at] = what;
    }

    int remove() {
        int first = whats[0];
        long time = times[--size];
        int what = whats[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && times[child + 1] < times[child]) {
                child++;
            }
            if (times[child] >= time) {
                break;
            }
            move(child, at);
            at = child;
        }
        times[at] = time;
        whats[at] = what;
        return first;
    }

    private void move(int from, int to) {
        times[to] = times[from];
        whats[to] = whats[from];
    }
}
