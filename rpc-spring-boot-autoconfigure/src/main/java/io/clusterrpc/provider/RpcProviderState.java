/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.RpcReadiness;
import io.clusterrpc.ServiceInstance;
import java.time.Instant;
import java.util.List;

/**
 * One server of this application and how consumers know it. Immutable.
 *
 * @param instance what is announced, or will be
 * @param phase where it is in its life
 * @param since when that phase began
 * @param heldBackBy what keeps a server that is starting or refusing from being announced: {@code readinessState} while the
 *     application does not accept traffic, and the names of {@link RpcReadiness} beans that are not ready
 * @param registered whether every registry that can holds the announcement now, as far as is known
 * @param addressReason why this address is advertised
 * @param backends the registries concerned
 */
public record RpcProviderState(
        ServiceInstance instance,
        Phase phase,
        Instant since,
        List<String> heldBackBy,
        boolean registered,
        String addressReason,
        List<String> backends) {

    /** Copies the lists. */
    public RpcProviderState {
        heldBackBy = List.copyOf(heldBackBy);
        backends = List.copyOf(backends);
    }

    /** Where a server is in its life. */
    public enum Phase {
        /** The server answers, but the application does not accept traffic or is not ready yet. */
        STARTING,
        /** Announced to consumers, whether or not a registry could be reached yet. */
        ANNOUNCED,
        /** Withdrawn because the application refuses traffic or is not ready; it comes back when that is over. */
        REFUSING,
        /** Withdrawn for good: it still answers until consumers had time to notice, then finishes the calls in flight. */
        DRAINING,
        /** Served without being announced ({@code rpc.provider.register=false}). */
        UNANNOUNCED
    }

    /**
     * Whether the server is on its way out.
     *
     * @return {@code true} once it was withdrawn for good
     */
    public boolean draining() {
        return phase == Phase.DRAINING;
    }
}
