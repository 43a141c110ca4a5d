/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The limit in simulated applications: handlers with fixed slots, and handlers that wait for something slow. */
class AdaptiveLimitTests {

    private static final LimitSettings SETTINGS = new LimitSettings(100, 2, 10_000, LimitSettings.ACCEPTABLE_LATENCY);

    private final SimulatedProvider provider = new SimulatedProvider(new AdaptiveLimit(SETTINGS));

    @Test
    void staysWhereItIsWithoutLoad() {
        provider.slots(4, 20);
        provider.run(50, 30);
        assertThat(provider.shed()).isZero();
        assertThat(provider.limit()).isEqualTo(100);
    }

    @Test
    void refusesNextToNothingNearTheCapacity() {
        provider.slots(4, 20);
        provider.run(50, 5);
        provider.run(190, 30);
        assertThat(provider.shed()).isLessThan(30 * 190 / 100);
    }

    @Test
    void answersAsManyAsItCanUnderOverloadAndSoon() {
        provider.slots(4, 20);
        provider.run(50, 5);
        provider.run(600, 5);
        provider.forget();
        provider.run(600, 30);
        assertThat(provider.answered()).isGreaterThan(30 * 200 * 95 / 100);
        assertThat(provider.quantileMillis(0.99)).isLessThanOrEqualTo(60);
    }

    @Test
    void anHourOfOverloadDoesNotWearItDown() {
        provider.slots(4, 20);
        provider.run(50, 5);
        provider.run(600, 3600);
        provider.forget();
        provider.run(600, 30);
        assertThat(provider.answered()).isGreaterThan(30 * 200 * 95 / 100);
        assertThat(provider.quantileMillis(0.99)).isLessThanOrEqualTo(60);
    }

    @Test
    void findsTheLimitWhereItNeverSawTheApplicationAtRest() {
        provider.slots(4, 20);
        provider.run(600, 15);
        provider.forget();
        provider.run(600, 30);
        assertThat(provider.answered()).isGreaterThan(30 * 200 * 95 / 100);
        assertThat(provider.quantileMillis(0.99)).isLessThanOrEqualTo(60);
    }

    @Test
    void manySlotsAreUsedAsWell() {
        provider.slots(400, 20);
        provider.run(2_000, 5);
        provider.run(60_000, 5);
        provider.forget();
        provider.run(60_000, 10);
        assertThat(provider.answered()).isGreaterThan(10 * 20_000 * 95 / 100);
        assertThat(provider.quantileMillis(0.99)).isLessThanOrEqualTo(60);
    }

    /** What waits for a slow neighbour does not queue here: shedding it would turn slow into down. */
    @Test
    void letsInCallsThatAreSlowWithoutQueueing() {
        provider.slots(10_000, 20);
        provider.run(300, 20);
        provider.slots(10_000, 500);
        provider.run(300, 20);
        provider.forget();
        provider.run(300, 30);
        assertThat(provider.shed()).isZero();
        assertThat(provider.answered()).isGreaterThan(30 * 300 * 95 / 100);
    }

    @Test
    void growsWithLoadThatItCanBear() {
        provider.slots(10_000, 20);
        provider.run(500, 5);
        provider.run(20_000, 5);
        provider.forget();
        provider.run(20_000, 10);
        assertThat(provider.shed()).isZero();
    }

    @Test
    void returnsWhenTheOverloadIsOver() {
        provider.slots(4, 20);
        provider.run(600, 20);
        assertThat(provider.limit()).isLessThan(15);
        provider.run(20, 60);
        assertThat(provider.limit()).isEqualTo(100);
    }

    /** All of the callers of three busy servers at one of them: each call takes thirty times as long as alone, which is 10 ms. */
    @Test
    void busyCallersOfFastHandlersAreNoOverload() {
        provider.slotsOfMicros(2, 300);
        provider.runCallers(1, 5);
        provider.runCallers(64, 30);
        assertThat(provider.shed()).isZero();
        assertThat(provider.limit()).isGreaterThanOrEqualTo(100);
        SimulatedProvider strict =
                new SimulatedProvider(new AdaptiveLimit(new LimitSettings(100, 2, 10_000, Duration.ZERO)));
        strict.slotsOfMicros(2, 300);
        strict.runCallers(1, 5);
        strict.runCallers(64, 30);
        assertThat(strict.shed()).as("without an acceptable latency").isPositive();
    }

    @Test
    void fastHandlersAreProtectedAsWell() {
        provider.slotsOfMicros(2, 1_000);
        provider.run(500, 5);
        provider.run(6_000, 5);
        provider.forget();
        provider.run(6_000, 30);
        assertThat(provider.answered()).isGreaterThan(30 * 2_000 * 95 / 100);
        assertThat(provider.quantileMillis(0.99)).isLessThanOrEqualTo(60);
    }

    @Test
    void staysWithinItsRange() {
        SimulatedProvider narrow =
                new SimulatedProvider(new AdaptiveLimit(new LimitSettings(20, 20, 30, Duration.ZERO)));
        narrow.slots(2, 20);
        narrow.run(600, 20);
        assertThat(narrow.lowestLimit()).isGreaterThanOrEqualTo(5);
        narrow.slots(10_000, 5);
        narrow.run(20_000, 20);
        assertThat(narrow.limit()).isEqualTo(30);
    }

    @Test
    void refusesRangesThatAreNone() {
        assertThatThrownBy(() -> new LimitSettings(5, 6, 10, Duration.ZERO)).hasMessageContaining("6, 5, 10");
        assertThatThrownBy(() -> new LimitSettings(5, 0, 10, Duration.ZERO)).hasMessageContaining("0, 5, 10");
        assertThatThrownBy(() -> new LimitSettings(11, 1, 10, Duration.ZERO)).hasMessageContaining("1, 11, 10");
        assertThatThrownBy(() -> new LimitSettings(5, 1, 10, Duration.ofMillis(-1)))
                .hasMessageContaining("acceptableLatency: PT-0.001S");
    }
}
