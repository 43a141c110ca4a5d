/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.ramp;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.SimulatedEndpoint;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class LibraryClientTests {

    /** What an endpoint of the simulation left to a default, the algorithms would not see there. */
    @Test
    void simulatedEndpointsTellAllThatCandidatesCanTell() throws NoSuchMethodException {
        for (Method figure : Candidate.class.getMethods()) {
            assertThat(SimulatedEndpoint.class
                            .getMethod(figure.getName(), figure.getParameterTypes())
                            .getDeclaringClass())
                    .as(figure.getName())
                    .isEqualTo(SimulatedEndpoint.class);
        }
    }
}
