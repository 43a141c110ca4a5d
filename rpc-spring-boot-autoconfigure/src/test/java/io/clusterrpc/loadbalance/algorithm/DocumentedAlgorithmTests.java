/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example of the documentation is this one, and works with what is public. */
class DocumentedAlgorithmTests {

    @Test
    void isWhatTheDocumentationShows() throws IOException {
        String source =
                Files.readString(Path.of("src/test/java/io/clusterrpc/loadbalance/algorithm/FewestInFlight.java"));
        assertThat(Files.readString(Path.of("../docs/balancing.md")))
                .contains(source.substring(source.indexOf("@Component")));
    }

    @Test
    void choosesTheInstanceWithTheFewestCallsForItsWeight() {
        LoadBalancingAlgorithm algorithm = new Algorithms(List.of(new FewestInFlight())).named("fewest-in-flight");
        List<Candidate> candidates = List.of(new Busy("a", 3, 1), new Busy("b", 4, 2), new Busy("c", 9, 4));
        for (int i = 0; i < 20; i++) {
            assertThat(algorithm.selector(candidates).select(null)).isEqualTo(1);
        }
    }

    private record Busy(String id, int inFlight, double weight) implements Candidate {

        @Override
        public ServiceInstance instance() {
            return ServiceInstance.builder("orders", id, "localhost", 1).build();
        }

        @Override
        public long latencyNanos() {
            return 0;
        }

        @Override
        public long successes() {
            return 0;
        }

        @Override
        public long failures() {
            return 0;
        }
    }
}
