/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

/** Numbers that look random and are the same everywhere. Stateless. */
final class Mix {

    /** The golden ratio as a fraction of 2^64: its multiples never cluster. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Mix() {}

    /** The n-th number of a seed: Weyl's sequence through the finaliser of MurmurHash3 (Austin Appleby). */
    static long of(long seed, int n) {
        long mixed = seed + n * GOLDEN;
        mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }
}
