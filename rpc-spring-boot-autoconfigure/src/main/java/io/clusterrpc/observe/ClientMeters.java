/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import io.grpc.Status;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code grpc.client} meters of one method over one channel. Thread-safe. No method throws: a meter registry that refuses a
 * meter is reported once at warn, and the call goes on.
 */
final class ClientMeters {

    private static final Logger log = LoggerFactory.getLogger(ClientMeters.class);
    private static final String NAME = "grpc.client";

    private final MeterRegistry registry;
    private final ClientTags tags;
    private final KeyValues common;
    private final Clock clock;
    private final @Nullable LongTaskTimer active;
    private final AtomicReferenceArray<Timer> timers = new AtomicReferenceArray<>(Status.Code.values().length);
    private volatile @Nullable Counter sent;
    private volatile @Nullable Counter received;
    private volatile boolean reported;

    ClientMeters(MeterRegistry registry, ClientTags tags, KeyValues common, boolean active) {
        this.registry = registry;
        this.tags = tags;
        this.common = common;
        this.clock = registry.config().clock();
        this.active = active ? longTaskTimer() : null;
    }

    private @Nullable LongTaskTimer longTaskTimer() {
        try {
            return registry.more().longTaskTimer(NAME + ".active", tags.started());
        } catch (RuntimeException e) {
            refused(e);
            return null;
        }
    }

    LongTaskTimer.@Nullable Sample start() {
        LongTaskTimer timer = active;
        return timer == null ? null : timer.start();
    }

    long now() {
        return clock.monotonicTime();
    }

    void messageSent() {
        Counter counter = sent;
        if (counter == null) {
            counter = counter("sent");
            sent = counter;
        }
        if (counter != null) {
            counter.increment();
        }
    }

    void messageReceived() {
        Counter counter = received;
        if (counter == null) {
            counter = counter("received");
            received = counter;
        }
        if (counter != null) {
            counter.increment();
        }
    }

    private @Nullable Counter counter(String event) {
        try {
            return Counter.builder(NAME + "." + event).tags(tags.started()).register(registry);
        } catch (RuntimeException e) {
            refused(e);
            return null;
        }
    }

    void ended(Status.@Nullable Code code, @Nullable Throwable error, long nanos) {
        try {
            timer(code, error).record(nanos, TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            refused(e);
        }
    }

    private Timer timer(Status.@Nullable Code code, @Nullable Throwable error) {
        if (code == null || error != null) {
            return registry.timer(NAME, endTags(code, error));
        }
        Timer timer = timers.get(code.ordinal());
        if (timer == null) {
            timer = registry.timer(NAME, endTags(code, null));
            timers.set(code.ordinal(), timer);
        }
        return timer;
    }

    private Tags endTags(Status.@Nullable Code code, @Nullable Throwable error) {
        return tags.ended(
                code, error == null ? KeyValue.NONE_VALUE : error.getClass().getSimpleName(), common);
    }

    private void refused(RuntimeException e) {
        if (!reported) {
            reported = true;
            log.warn(
                    "Calls of {} are not measured completely: the meter registry refused a meter",
                    tags.method().getFullMethodName(),
                    e);
        }
    }
}
