/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.EndpointState;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecoveryWatchTests {

    @Test
    void onlyTheFirstInstanceAfterNoneIsARecovery() {
        AtomicInteger recoveries = new AtomicInteger();
        RecoveryWatch watch = new RecoveryWatch(recoveries::incrementAndGet);
        ServiceInstance instance =
                ServiceInstance.builder("orders", "a", "10.0.0.1", 1).build();
        watch.stateChanged("orders", instance, EndpointState.READY, null);
        assertThat(recoveries).hasValue(0);
        watch.recovered("orders");
        assertThat(recoveries).hasValue(1);
    }
}
