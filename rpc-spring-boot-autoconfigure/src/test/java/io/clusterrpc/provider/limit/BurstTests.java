/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BurstTests {

    private final Burst burst = new Burst(Duration.ofMillis(100));

    private boolean covers(long millis) {
        // Clocks may be negative.
        return burst.covers(Duration.ofMillis(millis - 10_000).toNanos());
    }

    @Test
    void manyAtOncePass() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(covers(i / 11)).isTrue();
        }
    }

    @Test
    void whatStaysIsNoBurst() {
        assertThat(covers(0)).isTrue();
        for (int millis = 100; millis < 60_000; millis += 900) {
            assertThat(covers(millis)).isFalse();
        }
    }

    @Test
    void afterACalmSecondThereMayBeAnother() {
        covers(0);
        assertThat(covers(200)).isFalse();
        assertThat(covers(1_200)).isFalse();
        assertThat(covers(2_201)).isTrue();
        assertThat(covers(2_300)).isTrue();
        assertThat(covers(2_301)).isFalse();
    }
}
