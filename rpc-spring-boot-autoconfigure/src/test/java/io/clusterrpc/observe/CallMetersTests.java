/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.sun.management.ThreadMXBean;
import io.clusterrpc.CallListener.Outcome;
import io.clusterrpc.testproto.GreeterGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallMetersTests {

    private static final MethodDescriptor<?, ?> HELLO = GreeterGrpc.getSayHelloMethod();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CallMeters meters = new CallMeters(registry);

    @Test
    void timesCallsByOutcomeAndStatus() {
        meters.callEnded("greeter", HELLO, Outcome.ANSWERED, Status.Code.OK, 1, 5_000_000);
        meters.callEnded("greeter", HELLO, Outcome.ANSWERED, Status.Code.OK, 2, 7_000_000);
        meters.callEnded("greeter", HELLO, Outcome.REJECTED, Status.Code.UNAVAILABLE, 0, 1_000);

        var answered = registry.get("rpc.calls")
                .tags(
                        "reference",
                        "greeter",
                        "method",
                        "rpctest.Greeter/SayHello",
                        "outcome",
                        "answered",
                        "status",
                        "OK")
                .timer();
        assertThat(answered.count()).isEqualTo(2);
        assertThat(answered.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(12);
        assertThat(registry.get("rpc.calls")
                        .tags("outcome", "rejected", "status", "UNAVAILABLE")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void timesAttemptsAndCountsFailovers() {
        meters.attemptEnded("greeter", HELLO, null, 1, Status.Code.UNAVAILABLE, 10);
        meters.failedOver("greeter", HELLO, null, Status.Code.UNAVAILABLE);
        meters.attemptEnded("greeter", HELLO, null, 2, Status.Code.OK, 10);

        assertThat(registry.get("rpc.attempts")
                        .tag("status", "UNAVAILABLE")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("rpc.attempts").tag("status", "OK").timer().count())
                .isEqualTo(1);
        assertThat(registry.get("rpc.failovers")
                        .tag("status", "UNAVAILABLE")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void countsWhatReachedNobodyByReference() {
        meters.undelivered("greeter", HELLO, null);
        meters.undelivered("greeter", GreeterGrpc.getChargeMethod(), null);

        assertThat(registry.get("rpc.undelivered")
                        .tag("reference", "greeter")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.find("rpc.attempts").timers()).isEmpty();
    }

    @Test
    void keepsReferencesApart() {
        meters.callEnded("a", HELLO, Outcome.ANSWERED, Status.Code.OK, 1, 1);
        meters.callEnded("b", HELLO, Outcome.ANSWERED, Status.Code.OK, 1, 1);

        assertThat(registry.get("rpc.calls").timers()).hasSize(2);
    }

    @Test
    void countsMethodsBeyondTheLimitTogether() {
        for (int i = 0; i < CallMeters.MAX_METHODS + 50; i++) {
            MethodDescriptor<?, ?> method = GreeterGrpc.getSayHelloMethod().toBuilder()
                    .setFullMethodName("rpctest.Generated/Method" + i)
                    .build();
            meters.callEnded("greeter", method, Outcome.ANSWERED, Status.Code.OK, 1, 1);
        }

        assertThat(registry.get("rpc.calls").timers()).hasSize(CallMeters.MAX_METHODS + 1);
        assertThat(registry.get("rpc.calls").tag("method", "other").timer().count())
                .isEqualTo(50);
    }

    @Test
    void allocatesNothingPerCallOnceTheMetersExist() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        record1000(); // meters, and the classes that they need
        long before = threads.getThreadAllocatedBytes(thread);
        record1000();
        long bytes = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(bytes).as("bytes allocated by 1000 calls").isLessThan(1000);
    }

    private void record1000() {
        for (int i = 0; i < 1000; i++) {
            meters.attemptEnded("greeter", HELLO, null, 1, Status.Code.OK, i);
            meters.callEnded("greeter", HELLO, Outcome.ANSWERED, Status.Code.OK, 1, i);
        }
    }

    @Test
    void neverThrowsIntoACall() {
        registry.config().onMeterAdded(meter -> {
            throw new IllegalStateException("refused");
        });

        assertThatNoException().isThrownBy(() -> {
            meters.callEnded("greeter", HELLO, Outcome.ANSWERED, Status.Code.OK, 1, 1);
            meters.attemptEnded("greeter", HELLO, null, 1, Status.Code.OK, 1);
            meters.failedOver("greeter", HELLO, null, Status.Code.UNAVAILABLE);
        });
    }

    @Test
    void appearsInPrometheusUnderTheDocumentedNames() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        CallMeters listener = new CallMeters(prometheus);
        listener.callEnded("greeter", HELLO, Outcome.ANSWERED, Status.Code.OK, 1, 1);
        listener.attemptEnded("greeter", HELLO, null, 1, Status.Code.OK, 1);
        listener.failedOver("greeter", HELLO, null, Status.Code.UNAVAILABLE);

        assertThat(prometheus.scrape())
                .contains("rpc_calls_seconds_count{method=\"rpctest.Greeter/SayHello\",outcome=\"answered\","
                        + "reference=\"greeter\",status=\"OK\"} 1")
                .contains(
                        "rpc_attempts_seconds_count{method=\"rpctest.Greeter/SayHello\",reference=\"greeter\",status=\"OK\"} 1")
                .contains("rpc_failovers_total{method=\"rpctest.Greeter/SayHello\",reference=\"greeter\","
                        + "status=\"UNAVAILABLE\"} 1");
    }
}
