/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.route;

/** What the zone of an instance means for calls. */
public enum ZoneRule {
    /** Calls stay in the own zone as far as its capacity reaches. Without an own zone this means {@link #IGNORE}. */
    PREFER,
    /** All zones are one. */
    IGNORE,
    /** Calls never leave the own zone. */
    STRICT
}
