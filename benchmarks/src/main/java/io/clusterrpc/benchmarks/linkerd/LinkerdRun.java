/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.linkerd;

import io.clusterrpc.benchmarks.backends.Backends;
import io.clusterrpc.benchmarks.backends.CallLog;
import io.clusterrpc.benchmarks.backends.Contender;
import io.clusterrpc.benchmarks.backends.Round;
import io.clusterrpc.benchmarks.backends.Schedule;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Linkerd's experiment: 11 backends that take N(167, 5) ms, 1000 calls a second from each contender, a round of 60 s in whose
 * middle half one backend takes 2 s for every call. All contenders call side by side; the backends do not get slower by that.
 */
final class LinkerdRun {

    static final int ROUNDS = 5;
    static final int STUCK_FROM = 15;
    static final int STUCK_UNTIL = 45;
    static final int STUCK = 5;
    private static final int SECONDS = 60;
    private static final int BACKENDS = 11;
    private static final int PER_SECOND = 1_000;
    private static final int LEAD_SECONDS = 3;
    private static final int WARM_UP_SECONDS = 10;

    private LinkerdRun() {}

    /** Argument: the folder for the samples. */
    public static void main(String[] args) throws Exception {
        Path results = Path.of(args[0]);
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : ROUNDS;
        try (Backends backends = new Backends(BACKENDS, results.resolve("backends.log"));
                CallLog log = new CallLog(results)) {
            for (int i = 0; i < BACKENDS; i++) {
                backends.take(i, 167, 5);
            }
            new Round(schedules(backends, WARM_UP_SECONDS)).run(LEAD_SECONDS);
            for (int i = 1; i <= rounds; i++) {
                List<Schedule> schedules = schedules(backends, SECONDS);
                new Round(schedules)
                        .at(STUCK_FROM, () -> backends.take(STUCK, 2_000, 0))
                        .at(STUCK_UNTIL, () -> backends.take(STUCK, 167, 5))
                        .run(LEAD_SECONDS);
                for (Schedule schedule : schedules) {
                    schedule.write(log, i);
                }
            }
        }
        System.exit(0); // what is left of gRPC's threads
    }

    private static List<Schedule> schedules(Backends backends, int seconds) {
        return contenders().stream()
                .map(contender ->
                        new Schedule("linkerd", contender, backends.ports(), PER_SECOND, LEAD_SECONDS, seconds))
                .toList();
    }

    private static List<Contender> contenders() {
        List<Contender> all = new ArrayList<>(List.of(Contender.GRPC_ROUND_ROBIN));
        for (String algorithm : new Algorithms(List.of()).names()) {
            all.add(Contender.alone(algorithm));
            all.add(Contender.ejecting(algorithm));
        }
        return all;
    }
}
