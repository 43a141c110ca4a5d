/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.nodes;

import io.clusterrpc.benchmarks.backends.Backends;
import io.clusterrpc.benchmarks.backends.CallLog;
import io.clusterrpc.benchmarks.backends.Contender;
import io.clusterrpc.benchmarks.backends.Round;
import io.clusterrpc.benchmarks.backends.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two clusters side by side, of backends that take N(20, 5) ms: one of ten in which a node fails every call at once for a while, and
 * one of five in which a node takes 500 ms longer for a while. Three clients of each contender make 200 calls a second each.
 */
final class NodesRun {

    static final int CLIENTS = 3;
    static final int TROUBLE_FROM = 10;
    static final int TROUBLE_UNTIL = 30;
    static final int SECONDS = 80;
    static final int FAILING_OF = 10;
    static final int SLOW_OF = 5;
    static final int NODE = 2;
    static final String FAILING = "failing";
    static final String SLOW = "slow";
    static final List<Contender> CONTENDERS =
            List.of(Contender.DEFAULT, Contender.DEFAULT_ALONE, Contender.GRPC_ROUND_ROBIN);
    private static final int PER_SECOND = 200;
    private static final int LEAD_SECONDS = 3;
    private static final int WARM_UP_SECONDS = 10;

    private NodesRun() {}

    /** Argument: the folder for the samples. */
    public static void main(String[] args) throws Exception {
        Path results = Path.of(args[0]);
        try (Backends backends = new Backends(FAILING_OF + SLOW_OF, results.resolve("backends.log"));
                CallLog log = new CallLog(results)) {
            for (int i = 0; i < FAILING_OF + SLOW_OF; i++) {
                backends.take(i, 20, 5);
            }
            new Round(schedules(backends, WARM_UP_SECONDS)).run(LEAD_SECONDS);
            List<Schedule> schedules = schedules(backends, SECONDS);
            new Round(schedules)
                    .at(TROUBLE_FROM, () -> {
                        backends.fail(NODE);
                        backends.take(FAILING_OF + NODE, 520, 5);
                    })
                    .at(TROUBLE_UNTIL, () -> {
                        backends.take(NODE, 20, 5);
                        backends.take(FAILING_OF + NODE, 20, 5);
                    })
                    .run(LEAD_SECONDS);
            for (int i = 0; i < schedules.size(); i++) {
                schedules.get(i).write(log, 1 + i % CLIENTS);
            }
        }
        System.exit(0); // what is left of gRPC's threads
    }

    /** The clients of one contender and one cluster follow each other. */
    private static List<Schedule> schedules(Backends backends, int seconds) {
        List<Integer> failing = backends.ports().subList(0, FAILING_OF);
        List<Integer> slow = backends.ports().subList(FAILING_OF, FAILING_OF + SLOW_OF);
        List<Schedule> all = new ArrayList<>();
        for (Contender contender : CONTENDERS) {
            for (int i = 0; i < CLIENTS; i++) {
                all.add(new Schedule(FAILING, contender, failing, PER_SECOND, LEAD_SECONDS, seconds));
            }
            for (int i = 0; i < CLIENTS; i++) {
                all.add(new Schedule(SLOW, contender, slow, PER_SECOND, LEAD_SECONDS, seconds));
            }
        }
        return all;
    }
}
