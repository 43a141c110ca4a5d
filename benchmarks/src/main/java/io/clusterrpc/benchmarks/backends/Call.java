/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import io.grpc.Status.Code;

/**
 * One call of a schedule. Immutable.
 *
 * @param round which round
 * @param scenario which backends
 * @param contender who balanced
 * @param scheduledMicros when it was to begin, since the beginning of the round
 * @param micros from when it was to begin until its end: a generator that is late counts
 * @param code how it ended
 * @param backend number of the backend that it went to, -1 if none
 */
public record Call(
        int round, String scenario, String contender, int scheduledMicros, int micros, Code code, int backend) {

    /**
     * Whether it was answered in time.
     *
     * @param millis what in time means
     * @return whether it ended well and not later
     */
    public boolean answeredWithin(int millis) {
        return code == Code.OK && micros <= millis * 1_000L;
    }

    String line() {
        return round + "," + scenario + "," + contender + "," + scheduledMicros + "," + micros + "," + code + ","
                + backend;
    }

    static Call parse(String line) {
        String[] values = line.split(",", -1);
        return new Call(
                Integer.parseInt(values[0]),
                values[1].intern(),
                values[2].intern(),
                Integer.parseInt(values[3]),
                Integer.parseInt(values[4]),
                Code.valueOf(values[5]),
                Integer.parseInt(values[6]));
    }
}
