/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import java.util.Arrays;

/** What one run measured, after it settled. Not thread-safe. */
final class Measured {

    private static final long SECOND = 1_000_000_000L;
    private static final long SETTLED = Column.SETTLED_SECONDS * SECOND;

    private final long[] picks;
    private final int[] special;
    private final int[] all;
    private final int[] most;
    private float[] millis = new float[1 << 16];
    private boolean sorted;
    private int inFlight;
    private int calls;
    private int failed;
    private int late;

    Measured(Column column) {
        picks = new long[column.servers()];
        special = new int[column.seconds()];
        all = new int[column.seconds()];
        most = new int[column.seconds()];
    }

    void picked(int server, long now) {
        int second = (int) (now / SECOND);
        all[second]++;
        if (server == 0) {
            special[second]++;
            most[second] = Math.max(most[second], ++inFlight);
        }
        if (now >= SETTLED) {
            picks[server]++;
        }
    }

    void ended(int server, long sent, long now, boolean failure) {
        if (server == 0) {
            inFlight--;
        }
        if (sent < SETTLED) {
            return;
        }
        if (calls == millis.length) {
            millis = Arrays.copyOf(millis, 2 * calls);
        }
        millis[calls++] = (now - sent) / 1e6f;
        failed += failure ? 1 : 0;
        late += failure || now - sent > SECOND ? 1 : 0;
    }

    int calls() {
        return calls;
    }

    double millis(double quantile) {
        if (!sorted) {
            Arrays.sort(millis, 0, calls);
            sorted = true;
        }
        return calls == 0 ? Double.NaN : millis[(int) (quantile * calls)];
    }

    int failed() {
        return failed;
    }

    /** Calls that failed or took longer than a second. */
    int late() {
        return late;
    }

    /** The picks of the server that got most, by the mean. */
    double spread() {
        return Arrays.stream(picks).max().orElse(0)
                / Arrays.stream(picks).average().orElse(Double.NaN);
    }

    int seconds() {
        return all.length;
    }

    int picksOfSpecial(int second) {
        return special[second];
    }

    int picks(int second) {
        return all[second];
    }

    int mostInFlightAtSpecial(int second) {
        return most[second];
    }
}
