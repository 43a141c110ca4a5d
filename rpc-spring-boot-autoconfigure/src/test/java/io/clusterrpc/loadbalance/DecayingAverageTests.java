/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DecayingAverageTests {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    private final DecayingAverage average = new DecayingAverage(Duration.ofSeconds(10));

    @Test
    void startsWithTheFirstSample() {
        assertThat(average.nanos()).isZero();
        average.add(5 * SECOND, 20 * MILLI);
        assertThat(average.nanos()).isCloseTo(20 * MILLI, within(MILLI / 100));
    }

    @Test
    void theOldAverageWeighsLessTheOlderItIs() {
        average.add(0, 100 * MILLI);
        average.add(10 * SECOND, 0);
        assertThat(average.nanos()).isCloseTo((long) (100 * MILLI / Math.E), within(MILLI / 10));
        average.add(1_000 * SECOND, 50 * MILLI);
        assertThat(average.nanos()).isCloseTo(50 * MILLI, within(MILLI / 100));
    }

    @Test
    void dependsOnTimeNotOnTheNumberOfSamples() {
        average.add(0, 100 * MILLI);
        for (long time = 0; time <= 10 * SECOND; time += MILLI) {
            average.add(time, 10 * MILLI);
        }
        assertThat(average.nanos()).isCloseTo((long) (10 * MILLI + 90 * MILLI / Math.E), within(MILLI));
    }

    @Test
    void samplesOfOneInstantCountToo() {
        average.add(0, 10 * MILLI);
        for (int i = 0; i < 10_000_000; i++) {
            average.add(0, 90 * MILLI);
        }
        assertThat(average.nanos()).isGreaterThan(50 * MILLI);
    }

    @Test
    void aLowerBoundOnlyRaises() {
        average.add(0, 50 * MILLI);
        average.addAtLeast(5 * SECOND, 10 * MILLI);
        assertThat(average.nanos()).isCloseTo(50 * MILLI, within(MILLI / 100));
        average.addAtLeast(5 * SECOND, 500 * MILLI);
        assertThat(average.nanos()).isGreaterThan(60 * MILLI);
    }

    @Test
    void aClockThatStepsDoesNoHarm() {
        average.add(100 * SECOND, -5);
        assertThat(average.nanos()).isEqualTo(1);
        average.add(101 * SECOND, Long.MAX_VALUE);
        assertThat(average.nanos()).isBetween(1L, Duration.ofHours(1).toNanos());
        average.add(50 * SECOND, 7 * MILLI);
        assertThat(average.nanos()).isCloseTo(7 * MILLI, within(MILLI / 100));
    }

    @Test
    void refusesADecayOfNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DecayingAverage(Duration.ZERO))
                .withMessageContaining("decay: PT0S");
    }
}
