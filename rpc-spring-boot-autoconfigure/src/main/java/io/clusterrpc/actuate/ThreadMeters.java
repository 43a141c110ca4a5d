/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.observe.RpcMeter;
import io.clusterrpc.provider.limit.HandlerThreads;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/**
 * Registers {@link RpcMeter#PROVIDER_THREADS} and {@link RpcMeter#PROVIDER_CALLS_WAITING}. The values are read when the meters
 * are. Thread-safe.
 */
public final class ThreadMeters implements MeterBinder {

    private final HandlerThreads threads;

    /**
     * Creates the binder.
     *
     * @param threads whose figures are shown
     */
    public ThreadMeters(HandlerThreads threads) {
        this.threads = threads;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, RpcMeter.PROVIDER_THREADS, HandlerThreads::busy);
        gauge(registry, RpcMeter.PROVIDER_CALLS_WAITING, HandlerThreads::waiting);
    }

    private void gauge(MeterRegistry registry, RpcMeter meter, ToDoubleFunction<HandlerThreads> value) {
        Gauge.builder(meter.getName(), threads, value)
                .description(meter.description())
                .register(registry);
    }
}
