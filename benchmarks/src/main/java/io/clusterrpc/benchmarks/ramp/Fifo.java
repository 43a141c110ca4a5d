/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

/** Calls in the order in which something happens to them, with the times. Not thread-safe. */
final class Fifo {

    private long[] times = new long[64];
    private int[] calls = new int[64];
    private int head;
    private int size;

    void add(long time, int call) {
        if (size == calls.length) {
            grow();
        }
        int at = (head + size++) & (calls.length - 1);
        times[at] = time;
        calls[at] = call;
    }

    private void grow() {
        long[] moreTimes = new long[2 * size];
        int[] moreCalls = new int[2 * size];
        for (int i = 0; i < size; i++) {
            moreTimes[i] = times[(head + i) & (size - 1)];
            moreCalls[i] = calls[(head + i) & (size - 1)];
        }
        times = moreTimes;
        calls = moreCalls;
        head = 0;
    }

    /** The time of the first, far in the future if there is none. */
    long first() {
        return size == 0 ? Long.MAX_VALUE : times[head];
    }

    int remove() {
        int call = calls[head];
        head = (head + 1) & (calls.length - 1);
        size--;
        return call;
    }

    int size() {
        return size;
    }
}
