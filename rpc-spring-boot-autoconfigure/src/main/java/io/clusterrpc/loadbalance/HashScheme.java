/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

/** How {@code consistent-hash} divides the keys among the instances. */
public enum HashScheme {
    /** A fixed number of slots; each belongs to the instance with the highest score for it (weighted rendezvous hashing). */
    SLOTS,
    /** A circle of hashes with many points of each instance; a key belongs to the next point (consistent hashing as in ketama). */
    RING
}
