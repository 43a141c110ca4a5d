/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import io.clusterrpc.CallListener.Outcome;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The meters of one method of one reference, each registered when it is first needed. Thread-safe. */
final class MethodMeters {

    private static final int CODES = Status.Code.values().length;

    private final MeterRegistry registry;
    private final Tags tags;
    private final AtomicReferenceArray<Timer> calls = new AtomicReferenceArray<>(CODES * Outcome.values().length);
    private final AtomicReferenceArray<Counter> attempts = new AtomicReferenceArray<>(CODES);
    private final AtomicReferenceArray<Counter> failovers = new AtomicReferenceArray<>(CODES);

    MethodMeters(MeterRegistry registry, String reference, String method) {
        this.registry = registry;
        this.tags = Tags.of(RpcMeter.Tag.REFERENCE.asString(), reference, RpcMeter.Tag.METHOD.asString(), method);
    }

    Timer call(Outcome outcome, Status.Code code) {
        int index = outcome.ordinal() * CODES + code.ordinal();
        Timer timer = calls.get(index);
        if (timer == null) {
            timer = Timer.builder(RpcMeter.CALLS.getName())
                    .description(RpcMeter.CALLS.description())
                    .tags(tags)
                    .tag(RpcMeter.Tag.OUTCOME.asString(), outcome.name().toLowerCase(Locale.ROOT))
                    .tag(RpcMeter.Tag.STATUS.asString(), code.name())
                    .register(registry);
            calls.set(index, timer);
        }
        return timer;
    }

    Counter attempt(Status.Code code) {
        return counter(attempts, RpcMeter.ATTEMPTS, code);
    }

    Counter failover(Status.Code code) {
        return counter(failovers, RpcMeter.FAILOVERS, code);
    }

    private Counter counter(AtomicReferenceArray<Counter> counters, RpcMeter meter, Status.Code code) {
        Counter counter = counters.get(code.ordinal());
        if (counter == null) {
            counter = Counter.builder(meter.getName())
                    .description(meter.description())
                    .tags(tags)
                    .tag(RpcMeter.Tag.STATUS.asString(), code.name())
                    .register(registry);
            counters.set(code.ordinal(), counter);
        }
        return counter;
    }
}
