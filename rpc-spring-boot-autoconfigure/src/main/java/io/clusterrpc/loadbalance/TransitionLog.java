/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs when an instance joins, connects, is lost (or cannot be reached) and leaves: once each, however often a reconnect fails in between. */
final class TransitionLog implements EndpointListener {

    private static final Logger log = LoggerFactory.getLogger("io.clusterrpc.loadbalance");

    private final Map<String, Boolean> connected = new ConcurrentHashMap<>();

    @Override
    public void added(String reference, ServiceInstance instance) {
        log.info("{}: instance {} at {} joined", reference, instance.id(), instance.address());
    }

    @Override
    public void removed(String reference, ServiceInstance instance, String reason) {
        connected.remove(instance.id());
        log.info("{}: instance {} at {} left: {}", reference, instance.id(), instance.address(), reason);
    }

    @Override
    public void ejected(String reference, ServiceInstance instance, EjectionView ejection) {
        log.info(
                "{}: instance {} at {} ejected for {} s: {} ({})",
                reference,
                instance.id(),
                instance.address(),
                String.format(
                        Locale.ROOT,
                        "%.1f",
                        Duration.between(ejection.since(), ejection.until()).toMillis() / 1000.0),
                ejection.reason().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                ejection.detail());
    }

    @Override
    public void returned(String reference, ServiceInstance instance) {
        log.info("{}: instance {} at {} gets calls again", reference, instance.id(), instance.address());
    }

    @Override
    public void stateChanged(String reference, ServiceInstance instance, EndpointState state, @Nullable String reason) {
        String id = instance.id();
        if (state == EndpointState.READY) {
            if (!Boolean.TRUE.equals(connected.put(id, true))) {
                log.info("{}: instance {} at {} connected", reference, id, instance.address());
            }
        } else if (state == EndpointState.TRANSIENT_FAILURE) {
            Boolean before = connected.put(id, false);
            if (!Boolean.FALSE.equals(before)) {
                String what = before == null ? "cannot be reached" : "lost";
                log.info("{}: instance {} at {} {}: {}", reference, id, instance.address(), what, reason);
            }
        } else {
            log.debug("{}: instance {} is {}", reference, id, state);
        }
    }
}
