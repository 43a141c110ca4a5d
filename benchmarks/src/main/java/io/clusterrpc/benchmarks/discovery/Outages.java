/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import java.util.List;

/** Takes the registry away under load: its agent, its data, the network to it. */
final class Outages {

    static final int CALLS_PER_SECOND = 200;
    static final long CUT_MILLIS = 60_000;

    private final Stage stage;
    private final Agent agent;
    private final Cable cable;
    private final GreeterStub greeter;
    private final List<Registry.Membership> memberships;

    Outages(Stage stage, Agent agent, Cable cable, GreeterStub greeter, List<Registry.Membership> memberships) {
        this.stage = stage;
        this.agent = agent;
        this.cable = cable;
        this.greeter = greeter;
        this.memberships = memberships;
    }

    void run() throws Exception {
        during("restart", () -> {
            agent.stop();
            Stage.pause(3_000);
            agent.startAgain();
        });
        during("data", () -> {
            agent.stop();
            agent.forget();
            agent.startAgain();
        });
        during("cut", () -> {
            cable.cut();
            Stage.pause(CUT_MILLIS);
            cable.mend();
        });
    }

    private interface Fault {
        void strike() throws Exception;
    }

    private void during(String phase, Fault fault) throws Exception {
        try (Load load = Load.start(
                stage.timeline,
                stage.calls,
                phase,
                greeter,
                Load.Kinds.SAFE_AND_UNSAFE,
                CALLS_PER_SECOND,
                Long.MAX_VALUE)) {
            Stage.pause(1_000);
            stage.happened(phase, "struck", 0);
            fault.strike();
            stage.happened(phase, "returned", 0);
            Stage.until("all are registered again", this::allRegistered);
            stage.happened(phase, "registered", 0);
            Stage.pause(2_000);
        }
    }

    /** As the registry itself says, not as we believe. */
    private boolean allRegistered() {
        try {
            String passing = agent.ask("GET", "/v1/health/service/greeter?passing", "");
            return memberships.stream().allMatch(Registry.Membership::registered)
                    && passing.split("\"rpc_id\"", -1).length - 1 >= memberships.size();
        } catch (Exception notNow) {
            return false;
        }
    }
}
