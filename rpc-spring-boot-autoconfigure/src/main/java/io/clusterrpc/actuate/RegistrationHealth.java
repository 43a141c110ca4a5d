/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.provider.RpcProviderState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether consumers can find this application: UP if it is registered as intended, OUT_OF_SERVICE while it drains, else UNKNOWN. A
 * registry that fails never makes a provider DOWN: it still serves everyone who knows it.
 */
final class RegistrationHealth extends AbstractHealthIndicator {

    private final RpcProvider provider;

    RegistrationHealth(RpcProvider provider) {
        super("Registration health check failed");
        this.provider = provider;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<RpcProviderState> states = provider.states();
        List<String> servers = new ArrayList<>();
        for (RpcProviderState state : states) {
            servers.add(describe(state));
        }
        builder.withDetail("servers", servers);
        if (states.stream().anyMatch(RpcProviderState::draining)) {
            builder.outOfService();
        } else if (!states.isEmpty() && states.stream().allMatch(RegistrationHealth::asIntended)) {
            builder.up();
        } else {
            builder.status(Status.UNKNOWN);
        }
    }

    private static boolean asIntended(RpcProviderState state) {
        return switch (state.phase()) {
            case ANNOUNCED -> state.registered();
            case UNANNOUNCED -> true;
            default -> false;
        };
    }

    private static String describe(RpcProviderState state) {
        return state.instance().service() + " at " + state.instance().address() + ": "
                + state.phase().name().toLowerCase(Locale.ROOT) + rest(state);
    }

    private static String rest(RpcProviderState state) {
        if (state.phase() == RpcProviderState.Phase.ANNOUNCED) {
            return (state.registered() ? ", registered with " : ", retrying with ") + state.backends();
        }
        return state.heldBackBy().isEmpty() ? "" : ", waiting for " + String.join(", ", state.heldBackBy());
    }
}
