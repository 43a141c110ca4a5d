/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

import io.clusterrpc.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of a reference shall go. Immutable.
 *
 * @param zone the zone of this process, {@code null} if it has none
 * @param zoneRule what zones mean
 * @param wanted the instances that calls shall go to
 * @param strict whether calls fail, rather than go elsewhere, where no wanted instance is left
 * @param canary instances with a fixed share of the calls, {@code null} if there are none; they need to match {@code wanted} only
 *     in tags that the canary does not name
 */
public record RoutePolicy(
        @Nullable String zone,
        ZoneRule zoneRule,
        InstanceMatch wanted,
        boolean strict,
        @Nullable Canary canary) {

    /** All instances are alike. */
    public static final RoutePolicy ANYWHERE = new RoutePolicy(null, ZoneRule.IGNORE, InstanceMatch.ANY, false, null);

    /** Checks that a strict rule knows the zone, and lets a canary agree with the wanted tags that it does not name. */
    public RoutePolicy {
        if (zone == null && zoneRule == ZoneRule.STRICT) {
            throw new IllegalArgumentException("zoneRule: STRICT (expected: a zone, or another rule)");
        }
        canary = canary == null ? null : new Canary(wanted.with(canary.match()), canary.share());
    }

    /**
     * Whether this treats instances differently at all.
     *
     * @return {@code false} if every instance is as good as any other
     */
    public boolean routes() {
        return zoned() || !wanted.tags().isEmpty() || canary != null;
    }

    /**
     * Whether zones matter.
     *
     * @return {@code true} if the own zone is known and not ignored
     */
    public boolean zoned() {
        return zone != null && zoneRule != ZoneRule.IGNORE;
    }

    /**
     * Whether an instance is in the own zone.
     *
     * @param instance the instance
     * @return {@code true} also where zones do not matter
     */
    public boolean near(ServiceInstance instance) {
        return !zoned() || instance.zone() != null && instance.zone().equals(zone);
    }

    /**
     * What an instance is by its tags.
     *
     * @param instance the instance
     * @return its side
     */
    public Side side(ServiceInstance instance) {
        if (canary != null && canary.match().matches(instance)) {
            return Side.CANARY;
        }
        return wanted.matches(instance) ? Side.WANTED : Side.FALLBACK;
    }

    /**
     * Why an instance must never get a call.
     *
     * @param instance the instance
     * @return a short text, {@code null} if it may
     */
    public @Nullable String excludes(ServiceInstance instance) {
        if (zoneRule == ZoneRule.STRICT && !near(instance)) {
            return "in another zone than " + zone + ", and route.zone is strict";
        }
        if (strict && side(instance) == Side.FALLBACK) {
            return "does not match route.tags " + wanted.tags() + ", and route.strict is set";
        }
        return null;
    }

    /**
     * The share of the calls for a side.
     *
     * @param side the side
     * @return 0 to 1, as long as there is someone on every side
     */
    public double share(Side side) {
        double canaries = canary == null ? 0 : canary.share();
        return switch (side) {
            case WANTED -> 1 - canaries;
            case CANARY -> canaries;
            case FALLBACK -> 0;
        };
    }
}
