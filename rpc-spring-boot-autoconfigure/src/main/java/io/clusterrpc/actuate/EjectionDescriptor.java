/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.loadbalance.ejection.EjectionView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Why an instance gets no calls for a while.
 *
 * @param reason consecutive_failures, error_rate, latency or silence
 * @param detail the figures behind it, or why the last health call did not bring the instance back
 * @param since when it began
 * @param until when a health call asks whether the instance may come back
 * @param times how often in a row the instance was ejected
 */
record EjectionDescriptor(String reason, String detail, Instant since, Instant until, int times) {

    static EjectionDescriptor of(EjectionView view) {
        return new EjectionDescriptor(
                view.reason().name().toLowerCase(Locale.ROOT),
                view.detail(),
                view.since().truncatedTo(ChronoUnit.MILLIS),
                view.until().truncatedTo(ChronoUnit.MILLIS),
                view.times());
    }
}
