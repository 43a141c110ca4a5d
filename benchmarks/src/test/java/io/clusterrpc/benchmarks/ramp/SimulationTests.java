/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.benchmarks.ramp.Column.Special;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTests {

    private static final Column ALONE = new Column("alone", 1, 1, 400, 60, false, Special.NONE, 0, 0, List.of());

    @Test
    void aServerIsTheQueueOfTheTextbook() {
        Measured measured = new Simulation(ALONE, Policy.ROUND_ROBIN, 1).run();
        assertThat(measured.calls()).isCloseTo(400 * 50, within(600));
        // M/M/4 at utilisation 0.8: a call waits with the probability of Erlang C, 0.596, and then 10 ms on average, so
        // that it
        // takes longer than t s with the probability 2.98 exp(-100 t) - 1.98 exp(-125 t).
        assertThat(measured.millis(0.5)).isCloseTo(10.8 + 0.5, within(0.5));
        assertThat(measured.millis(0.99)).isCloseTo(55.2 + 0.5, within(6.0));
        assertThat(measured.failed()).isZero();
    }

    @Test
    void anOverloadedServerWorksOnWhatNobodyWaitsForAnyMore() {
        Column overloaded = new Column("overloaded", 1, 1, 1_000, 60, false, Special.NONE, 0, 0, List.of());
        Measured measured = new Simulation(overloaded, Policy.ROUND_ROBIN, 1).run();
        assertThat(measured.millis(0.99)).isEqualTo(5_000);
        // Half would be too much for it; but many that it begins in time end too late, and are work in vain.
        assertThat(1.0 * measured.failed() / measured.calls()).isBetween(0.5, 0.99);
    }

    @Test
    void aSeedAlwaysGivesTheSame() {
        for (Policy policy : Policy.values()) {
            Column column = new Column("small", 3, 5, 1_000, 15, true, Special.NONE, 0, 0, List.of());
            Measured once = new Simulation(column, policy, 7).run();
            Measured again = new Simulation(column, policy, 7).run();
            Measured other = new Simulation(column, policy, 8).run();
            assertThat(again.millis(0.99)).isEqualTo(once.millis(0.99));
            assertThat(again.calls()).isEqualTo(once.calls()).isNotEqualTo(other.calls());
        }
    }

    @Test
    void roundRobinLosesTheShareOfTheStuckOne() {
        Column linkerd = Column.SPECIAL.get(0);
        Measured measured = new Simulation(linkerd, Policy.ROUND_ROBIN, 1).run();
        assertThat(100.0 * measured.late() / measured.calls()).isCloseTo(50.0 / 11, within(0.1));
    }

    @Test
    void aServerThatIsNotThereYetGetsNothing() {
        Column joining = Column.SPECIAL.get(3);
        Measured measured = new Simulation(joining, Policy.ADAPTIVE, 1).run();
        assertThat(measured.picksOfSpecial(14)).isZero();
        assertThat(measured.picksOfSpecial(16)).isBetween(5, 100);
        assertThat(measured.picksOfSpecial(55)).isBetween(120, 280);
    }
}
