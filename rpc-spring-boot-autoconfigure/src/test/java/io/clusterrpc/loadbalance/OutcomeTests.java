/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutcomeTests {

    private static final Set<Code> FAULTS =
            EnumSet.of(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.INTERNAL, Code.UNKNOWN, Code.DATA_LOSS);
    private static final Set<Code> NO_VERDICT = EnumSet.of(Code.CANCELLED, Code.RESOURCE_EXHAUSTED);

    @Test
    void tellsTheInstancesFaultFromTheApplicationsAnswer() {
        for (Code code : Code.values()) {
            Outcome expected = FAULTS.contains(code)
                    ? Outcome.FAILED
                    : NO_VERDICT.contains(code) ? Outcome.SILENT : Outcome.ANSWERED;
            assertThat(Outcome.of(code, true)).as("%s", code).isEqualTo(expected);
        }
    }

    @Test
    void aStreamRefusedBeforeItLeftSaysNothing() {
        assertThat(Outcome.of(Code.UNAVAILABLE, false)).isEqualTo(Outcome.SILENT);
        assertThat(Outcome.of(Code.DEADLINE_EXCEEDED, false)).isEqualTo(Outcome.FAILED);
    }
}
