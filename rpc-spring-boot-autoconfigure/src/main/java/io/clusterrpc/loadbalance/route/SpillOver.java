/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

/**
 * How much of the calls the own zone keeps: all as long as it has capacity to spare, and from there on ever less as it shrinks,
 * without a step.
 *
 * <p>A zone is taken to be built 1.4 times as large as it needs to be, as Envoy does for its priority levels: one that has lost two
 * sevenths of its capacity still keeps everything. What all zones together are short of is borne by all.
 */
public final class SpillOver {

    /** How much larger than needed a zone is taken to be. */
    public static final double OVERPROVISIONED = 1.4;

    private SpillOver() {}

    /**
     * The share of the own zone.
     *
     * @param size of the own zone relative to the average zone, at most 1; a smaller one is not meant to carry all its clients
     * @param own the part of the own zone's capacity that can be used now, 0 to 1
     * @param others the part of the other zones' capacity that can be used now, 0 to 1
     * @return 0 to 1; the others get the rest
     */
    public static double ownShare(double size, double own, double others) {
        double keeps = Math.min(1, OVERPROVISIONED * size * own);
        double takes = Math.min(1, OVERPROVISIONED * others);
        if (keeps + takes >= 1) {
            return keeps;
        }
        return keeps + takes > 0 ? keeps / (keeps + takes) : 1;
    }
}
