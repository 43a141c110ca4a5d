/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.observe.RpcMeter;
import io.clusterrpc.provider.limit.LoadShedder;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/**
 * Registers {@link RpcMeter#PROVIDER_LIMIT}, {@link RpcMeter#PROVIDER_CALLS_ACTIVE} and {@link RpcMeter#PROVIDER_SHED}. The
 * values are read when the meters are: nothing happens per call. Thread-safe.
 */
public final class LoadMeters implements MeterBinder {

    private final LoadShedder shedder;

    /**
     * Creates the binder.
     *
     * @param shedder whose figures are shown
     */
    public LoadMeters(LoadShedder shedder) {
        this.shedder = shedder;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, RpcMeter.PROVIDER_LIMIT, LoadShedder::limit);
        gauge(registry, RpcMeter.PROVIDER_CALLS_ACTIVE, LoadShedder::inFlight);
        FunctionCounter.builder(RpcMeter.PROVIDER_SHED.getName(), shedder, LoadShedder::shed)
                .description(RpcMeter.PROVIDER_SHED.description())
                .register(registry);
    }

    private void gauge(MeterRegistry registry, RpcMeter meter, ToDoubleFunction<LoadShedder> value) {
        Gauge.builder(meter.getName(), shedder, value)
                .description(meter.description())
                .register(registry);
    }
}
