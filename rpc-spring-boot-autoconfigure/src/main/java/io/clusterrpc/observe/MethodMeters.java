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
import org.jspecify.annotations.Nullable;

/** The meters of one method of one reference, each registered when it is first needed. Thread-safe. */
final class MethodMeters {

    private static final int CODES = Status.Code.values().length;

    private final MeterRegistry registry;
    private final Tags tags;
    private final AtomicReferenceArray<Timer> calls = new AtomicReferenceArray<>(CODES * Outcome.values().length);
    private final AtomicReferenceArray<Timer> attempts = new AtomicReferenceArray<>(CODES);
    private final AtomicReferenceArray<Counter> failovers = new AtomicReferenceArray<>(CODES);
    private final AtomicReferenceArray<Counter> retriesRefused = new AtomicReferenceArray<>(CODES);

    private final AtomicReferenceArray<Counter> fallbacks = new AtomicReferenceArray<>(CODES);
    private volatile @Nullable Counter hedges;
    private volatile @Nullable Counter disagreements;

    MethodMeters(MeterRegistry registry, String reference, String method) {
        this.registry = registry;
        this.tags = Tags.of(RpcMeter.Tag.REFERENCE.asString(), reference, RpcMeter.Tag.METHOD.asString(), method);
    }

    Timer call(Outcome outcome, Status.Code code) {
        int index = outcome.ordinal() * CODES + code.ordinal();
        Timer timer = calls.get(index);
        if (timer == null) {
            String name = outcome.name().toLowerCase(Locale.ROOT);
            timer = timer(RpcMeter.CALLS, tags.and(RpcMeter.Tag.OUTCOME.asString(), name), code);
            calls.set(index, timer);
        }
        return timer;
    }

    Timer attempt(Status.Code code) {
        Timer timer = attempts.get(code.ordinal());
        if (timer == null) {
            timer = timer(RpcMeter.ATTEMPTS, tags, code);
            attempts.set(code.ordinal(), timer);
        }
        return timer;
    }

    Counter failover(Status.Code code) {
        return counter(failovers, RpcMeter.FAILOVERS, code);
    }

    Counter retryRefused(Status.Code code) {
        return counter(retriesRefused, RpcMeter.RETRIES_REFUSED, code);
    }

    Counter fallback(Status.Code code) {
        return counter(fallbacks, RpcMeter.FALLBACKS, code);
    }

    Counter hedge() {
        Counter counter = hedges;
        if (counter == null) {
            hedges = counter = counter(RpcMeter.HEDGES);
        }
        return counter;
    }

    Counter disagreement() {
        Counter counter = disagreements;
        if (counter == null) {
            disagreements = counter = counter(RpcMeter.DISAGREEMENTS);
        }
        return counter;
    }

    private Counter counter(RpcMeter meter) {
        return Counter.builder(meter.getName())
                .description(meter.description())
                .tags(tags)
                .register(registry);
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

    private Timer timer(RpcMeter meter, Tags tags, Status.Code code) {
        return Timer.builder(meter.getName())
                .description(meter.description())
                .tags(tags)
                .tag(RpcMeter.Tag.STATUS.asString(), code.name())
                .register(registry);
    }
}
