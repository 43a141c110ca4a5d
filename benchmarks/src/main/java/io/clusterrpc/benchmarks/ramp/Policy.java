/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import io.clusterrpc.loadbalance.algorithm.Algorithms;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** How clients choose. Those without a remark are the library's own classes. */
enum Policy {
    ADAPTIVE("adaptive"),
    LEAST_REQUEST("least-request"),
    ROUND_ROBIN("round-robin"),
    /** The library's weighted round robin on weights as in gRFC A58. */
    A58("a58-weights"),
    /** A reference implementation: two choices, the average stays while nothing happens. */
    PEAK_EWMA_2("peak-ewma-2"),
    /** The same with three choices. */
    PEAK_EWMA_3("peak-ewma-3"),
    /** Three choices, the average fades while nothing happens. */
    PEAK_EWMA_3_FADING("peak-ewma-3-fading"),
    /** A reference implementation. */
    C3("c3");

    static final List<Policy> FEW = List.of(ADAPTIVE, LEAST_REQUEST, ROUND_ROBIN, PEAK_EWMA_3);

    final String label;

    Policy(String label) {
        this.label = label;
    }

    Client client(Column column, LongSupplier clock, RandomGenerator random) {
        int servers = column.servers();
        return switch (this) {
            case PEAK_EWMA_2 -> new PeakEwma(servers, 2, false, clock, random);
            case PEAK_EWMA_3 -> new PeakEwma(servers, 3, false, clock, random);
            case PEAK_EWMA_3_FADING -> new PeakEwma(servers, 3, true, clock, random);
            case C3 -> new C3(servers, column.clients(), random);
            case A58 -> library("weighted-round-robin", servers, clock, random);
            case ADAPTIVE, LEAST_REQUEST, ROUND_ROBIN -> library(label, servers, clock, random);
        };
    }

    private Client library(String algorithm, int servers, LongSupplier clock, RandomGenerator random) {
        Algorithms algorithms = new Algorithms(() -> random, clock, List.of());
        return new LibraryClient(algorithms.named(algorithm), servers, this == A58);
    }
}
