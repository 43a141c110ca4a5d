/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static io.clusterrpc.resilience.CallFixture.UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallPolicyTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void refusesWhatMakesNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CallPolicy(SECOND.negated(), SECOND, Map.of()))
                .withMessage("deadline: PT-1S (expected: 0 for no limit, or up to PT24H)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CallPolicy(SECOND, Duration.ofDays(2), Map.of()))
                .withMessage("attempt timeout: PT48H (expected: 0 for no limit, or up to PT24H)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MethodPolicy(null, SECOND.negated(), null))
                .withMessageStartingWith("attempt timeout: PT-1S");
        for (String name : new String[] {" ", "/Get", "test.Orders/"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CallFixture.policyFor(name, new MethodPolicy(null, null, null)))
                    .withMessage("method: '" + name + "' (expected: 'Method' or 'package.Service/Method')");
        }
    }

    @Test
    void fullNamesWinOverSimpleOnes() {
        CallPolicy policy = new CallPolicy(
                SECOND,
                SECOND,
                Map.of(
                        "Get",
                        new MethodPolicy(null, null, false),
                        "test.Orders/Get",
                        new MethodPolicy(null, Duration.ZERO, null)));
        assertThat(policy.safe(SAFE)).isTrue();
        assertThat(policy.attemptTimeoutNanos(SAFE)).isZero();
        assertThat(policy.attemptTimeoutNanos(UNSAFE)).isEqualTo(SECOND.toNanos());
    }

    @Test
    void patienceIsTheShorterOfAttemptTimeoutAndDefaultDeadline() {
        assertThat(patience(5, 2)).isEqualTo(2);
        assertThat(patience(1, 2)).isEqualTo(1);
        assertThat(patience(0, 2)).isEqualTo(2);
        assertThat(patience(5, 0)).isEqualTo(5);
        assertThat(patience(0, 0)).isZero();
        assertThat(CallPolicy.DEFAULTS.patienceNanos(LIST)).isEqualTo(2 * SECOND.toNanos());
    }

    private static long patience(int deadline, int attempt) {
        return new CallPolicy(Duration.ofSeconds(deadline), Duration.ofSeconds(attempt), Map.of()).patienceNanos(SAFE)
                / SECOND.toNanos();
    }
}
