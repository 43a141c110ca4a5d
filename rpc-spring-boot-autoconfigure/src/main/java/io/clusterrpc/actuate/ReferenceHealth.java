/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.loadbalance.EndpointState;
import io.clusterrpc.reference.ReferenceState;
import io.grpc.ConnectivityState;
import java.util.Locale;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether a call through one reference finds an instance: UP if one is connected, the given status if none is known or none can be
 * reached, UNKNOWN while nobody has tried.
 */
final class ReferenceHealth extends AbstractHealthIndicator {

    private final ReferenceState reference;
    private final Status noInstances;

    ReferenceHealth(ReferenceState reference, Status noInstances) {
        super("Reference health check failed");
        this.reference = reference;
        this.noInstances = noInstances;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.withDetail("breaker", reference.breaker().getState().name().toLowerCase(Locale.ROOT));
        String target = reference.explicitTarget();
        if (target != null) {
            builder.withDetail("target", target).status(ofChannel());
            return;
        }
        ClusterSnapshot snapshot = reference.snapshot();
        long connected = reference.endpoints().view().stream()
                .filter(endpoint -> endpoint.state() == EndpointState.READY)
                .count();
        builder.withDetail("known", snapshot.members().size())
                .withDetail("connected", connected)
                .withDetail("registry", snapshot.source().name().toLowerCase(Locale.ROOT))
                .status(connected > 0 ? Status.UP : isKnownEmpty(snapshot) ? noInstances : ofChannel());
        String service = reference.service();
        if (service != null) {
            builder.withDetail("service", service);
        }
        String problem = snapshot.problem();
        if (problem != null) {
            builder.withDetail("problem", problem);
        }
    }

    /** Not while the registry has not been asked, or has not answered yet: then nobody knows. */
    private static boolean isKnownEmpty(ClusterSnapshot snapshot) {
        return snapshot.members().isEmpty()
                && (snapshot.source() != ClusterSnapshot.Source.UNKNOWN || snapshot.problem() != null);
    }

    private Status ofChannel() {
        ConnectivityState state = reference.connectivity();
        return switch (state) {
            case READY -> Status.UP;
            case TRANSIENT_FAILURE -> noInstances;
            default -> Status.UNKNOWN;
        };
    }
}
