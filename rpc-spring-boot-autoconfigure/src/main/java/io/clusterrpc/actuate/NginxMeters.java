/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.nginx.NginxState.Outcome;
import io.clusterrpc.nginx.NginxUpstreams;
import io.clusterrpc.observe.RpcMeter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;

/** Registers {@link RpcMeter#NGINX_RELOADS} and {@link RpcMeter#NGINX_BEHIND}. Thread-safe. */
public final class NginxMeters implements MeterBinder {

    private final NginxUpstreams upstreams;

    /**
     * Creates the binder.
     *
     * @param upstreams whose figures are shown
     */
    public NginxMeters(NginxUpstreams upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            FunctionCounter.builder(RpcMeter.NGINX_RELOADS.getName(), upstreams, each -> each.attempts(outcome))
                    .description(RpcMeter.NGINX_RELOADS.description())
                    .tag(RpcMeter.Tag.RESULT.asString(), outcome.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder(
                        RpcMeter.NGINX_BEHIND.getName(),
                        upstreams,
                        each -> each.behind().toMillis() / 1000.0)
                .description(RpcMeter.NGINX_BEHIND.description())
                .baseUnit(RpcMeter.NGINX_BEHIND.getBaseUnit())
                .register(registry);
    }
}
