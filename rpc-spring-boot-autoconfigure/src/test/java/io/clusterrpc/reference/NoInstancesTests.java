/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoInstancesTests {

    private static String describe(Source source, Instant asOf) {
        return NoInstances.describe(
                "greeter", new ClusterSnapshot("greeter", List.of(), source, asOf, null, List.of("consul")));
    }

    @Test
    void saysWhatTheTimeOfTheListMeans() {
        Instant time = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(describe(Source.UNKNOWN, Instant.EPOCH)).contains("(asked: consul, never answered)");
        assertThat(describe(Source.LIVE, time)).contains("last answered at " + time);
        assertThat(describe(Source.LAST_KNOWN, time)).contains("failing since " + time);
    }
}
