/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import io.clusterrpc.discovery.Directory;
import java.util.ArrayList;
import java.util.List;

/** Has instances join, leave and die while calls go on. */
final class Changes {

    static final int ROUNDS = 50;

    /** Before those, and not counted: what runs for the first time has to be loaded and compiled. */
    static final int WARM_UP_ROUNDS = 10;

    /** Fine enough for milliseconds: what a pick says of a change is as exact as picks are frequent. */
    static final int CALLS_PER_SECOND = 600;

    private static final int BATCH = 10;
    private static final long SETTLING_MILLIS = 2_000;

    private final Stage stage;
    private final Registry registry;
    private final Directory directory;

    Changes(Stage stage, Registry registry, Directory directory) {
        this.stage = stage;
        this.registry = registry;
        this.directory = directory;
    }

    /** One joins and leaves; between two changes it is quiet for so long or up to twice as long, in no rhythm with anything. */
    void joinAndLeave(String phase, GreeterStub greeter, long quietMillis) throws Exception {
        try (PlainServer server = new PlainServer();
                Load load = load(phase, greeter)) {
            rounds(phase + "-warm-up", WARM_UP_ROUNDS, quietMillis, server);
            rounds(phase, ROUNDS, quietMillis, server);
            stage.happened(phase, "over", 0);
        }
    }

    private void rounds(String phase, int rounds, long quietMillis, PlainServer server) throws Exception {
        for (int round = 0; round < rounds; round++) {
            stage.happened(phase, "joins", server.port());
            Registry.Membership membership = registry.join(phase + "-" + round, server.port());
            Stage.until("it is listed", () -> membership.registered() && listed(server.port()));
            Stage.pause(quietMillis + 137L * round % quietMillis);
            stage.happened(phase, "leaves", server.port());
            membership.close();
            Stage.until("it is not listed", () -> !listed(server.port()));
            Stage.pause(quietMillis + 211L * round % quietMillis);
        }
    }

    /**
     * In batches, each of which has started, warmed up and settled before anybody is killed: a JVM that starts, or that serves its first calls, takes
     * the CPU from all others.
     */
    void kill(String phase, GreeterStub greeter) throws Exception {
        for (int round = 0; round < ROUNDS; round += BATCH) {
            List<PlainServer.Doomed> servers = new ArrayList<>();
            List<Registry.Membership> memberships = new ArrayList<>();
            try {
                for (int i = 0; i < BATCH; i++) {
                    servers.add(new PlainServer.Doomed(stage.results.resolve("servers.log")));
                }
                for (PlainServer.Doomed server : servers) {
                    server.warmUp();
                    memberships.add(registry.join(phase + "-" + (round + memberships.size()), server.port()));
                }
                kill(phase, greeter, servers);
            } finally {
                memberships.forEach(Registry.Membership::close);
                servers.forEach(PlainServer.Doomed::close);
            }
        }
    }

    private void kill(String phase, GreeterStub greeter, List<PlainServer.Doomed> servers) throws Exception {
        try (Load load = load(phase, greeter)) {
            Stage.pause(SETTLING_MILLIS);
            int number = 0;
            for (PlainServer.Doomed server : servers) {
                int port = server.port();
                Stage.until("it is listed", () -> listed(port));
                try (Witness witness = new Witness(stage, phase, port)) {
                    // At any moment between two checks: they all began at about the same one.
                    Stage.pause(100 + 137 * number++ % 500);
                    stage.happened(phase, "killed", port);
                    server.kill();
                    Stage.until("it is not listed", () -> !listed(port));
                    stage.happened(phase, "unlisted", port);
                }
            }
        }
    }

    private boolean listed(int port) {
        return directory.snapshot("greeter").members().stream()
                .anyMatch(member -> member.listed() && member.instance().port() == port);
    }

    private Load load(String phase, GreeterStub greeter) {
        return Load.start(
                stage.timeline, stage.calls, phase, greeter, Load.Kinds.SAFE, CALLS_PER_SECOND, Long.MAX_VALUE);
    }
}
