/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainBudgetTests {

    @Test
    void takesTheNoticeTimeThatTheRegistriesNeed() {
        assertThat(DrainBudget.of(null, Duration.ofMillis(200)).notice()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void noticeTimeByDefaultIsAtMostTenSeconds() {
        assertThat(DrainBudget.of(null, Duration.ofSeconds(40)).notice()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void configuredNoticeTimeWins() {
        assertThat(DrainBudget.of(Duration.ofSeconds(15), Duration.ofSeconds(1)).notice())
                .isEqualTo(Duration.ofSeconds(15));
        assertThat(DrainBudget.of(Duration.ZERO, Duration.ofSeconds(1)).notice())
                .isZero();
    }

    @Test
    void graceIsWhatNoticeLeavesOfTwentyFiveSeconds() {
        assertThat(new DrainBudget(Duration.ofSeconds(1)).defaultGrace()).isEqualTo(Duration.ofSeconds(24));
        assertThat(new DrainBudget(Duration.ofSeconds(60)).defaultGrace()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void noticeAndGraceTogetherMayTakeTwentyFiveSeconds() {
        DrainBudget budget = new DrainBudget(Duration.ofSeconds(1));
        assertThat(budget.exceededWith(Duration.ofSeconds(24))).isFalse();
        assertThat(budget.exceededWith(Duration.ofSeconds(25))).isTrue();
        assertThat(budget.exceededWith(Duration.ofSeconds(-1))).isTrue();
    }
}
