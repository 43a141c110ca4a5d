/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

import static io.clusterrpc.loadbalance.route.SpillOver.ownShare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.ServiceInstance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpillOverTests {

    private static final RoutePolicy IN_A = new RoutePolicy("a", ZoneRule.PREFER, InstanceMatch.ANY, false, null);

    private static List<ServiceInstance> zones(int a, int b, int c) {
        List<ServiceInstance> cluster = new ArrayList<>();
        for (int i = 0; i < a + b + c; i++) {
            String zone = i < a ? "a" : i < a + b ? "b" : "c";
            cluster.add(
                    ServiceInstance.builder("orders", "i" + i, 1 + i).zone(zone).build());
        }
        return cluster;
    }

    @Test
    void keepsEverythingWhileTheZoneHasCapacityToSpare() {
        assertThat(ownShare(1, 1, 1)).isEqualTo(1);
        assertThat(ownShare(1, 0.75, 1)).isEqualTo(1);
    }

    @Test
    void spillsInProportionFromThereOn() {
        assertThat(ownShare(1, 0.5, 1)).isCloseTo(0.7, within(1e-9));
        assertThat(ownShare(1, 0.1, 1)).isCloseTo(0.14, within(1e-9));
        assertThat(ownShare(1, 0, 1)).isZero();
    }

    @Test
    void sharesWhatAllZonesAreShortOf() {
        assertThat(ownShare(1, 0.25, 0.25)).isCloseTo(0.5, within(1e-9));
        assertThat(ownShare(1, 0.5, 0.1)).isCloseTo(0.7 / 0.84, within(1e-9));
        assertThat(ownShare(1, 0, 0)).isEqualTo(1);
    }

    @Test
    void hasNoCliff() {
        double step = 0.001;
        for (double others = 0; others <= 1; others += 0.1) {
            for (double own = step; own <= 1; own += step) {
                double change = ownShare(1, own, others) - ownShare(1, own - step, others);
                if (others > 0.1) { // where everything is lost at once there is nothing to share smoothly
                    assertThat(change)
                            .as("at %s of own and %s of others", own, others)
                            .isBetween(-1e-9, 0.02);
                }
            }
        }
    }

    @Test
    void takesAZoneSmallerThanTheAverageForWhatItIs() {
        assertThat(ZoneSizes.of(zones(3, 3, 4), IN_A).own(Side.WANTED)).isCloseTo(0.9, within(1e-9));
        assertThat(ZoneSizes.of(zones(1, 10, 10), IN_A).own(Side.WANTED)).isCloseTo(1 / 7.0, within(1e-9));
        assertThat(ZoneSizes.of(zones(8, 1, 1), IN_A).own(Side.WANTED)).isEqualTo(1);
        assertThat(ownShare(0.9, 1, 1)).isEqualTo(1);
        assertThat(ownShare(1 / 7.0, 1, 1)).isCloseTo(0.2, within(1e-9));
    }
}
