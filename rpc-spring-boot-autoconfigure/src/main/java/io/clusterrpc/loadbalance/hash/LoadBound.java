/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.hash;

import io.clusterrpc.loadbalance.Candidate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many calls each candidate may have in flight: at most {@code factor} times its fair share of all, counting the one that
 * is to be picked (consistent hashing with bounded loads, Mirrokni, Thorup and Zadimoghaddam 2016), rounded up to a whole call.
 *
 * <p>All calls in flight are summed up at every eighth of a pick for each candidate, so that a pick costs the same however many
 * there are. A sum that is a little old is too small while load rises, so the bound is then rather too strict. Thread-safe;
 * threads that pick at the same moment may each go over the bound by one.
 */
final class LoadBound {

    private static final int CANDIDATES_READ_A_PICK = 8;

    private final Candidate[] candidates;
    private final double[] shares;
    private final int picksBetweenSums;
    private final AtomicInteger picks = new AtomicInteger();
    private volatile long inFlight;

    /** @param candidates in the order of the nodes */
    LoadBound(List<? extends Candidate> candidates, double factor) {
        this.candidates = candidates.toArray(Candidate[]::new);
        double total = candidates.stream().mapToDouble(Candidate::weight).sum();
        this.shares = candidates.stream()
                .mapToDouble(candidate -> factor * candidate.weight() / total)
                .toArray();
        this.picksBetweenSums = Math.max(1, candidates.size() / CANDIDATES_READ_A_PICK);
    }

    /** A pick begins. */
    void pick() {
        if (Integer.remainderUnsigned(picks.getAndIncrement(), picksBetweenSums) == 0) {
            long sum = 0;
            for (Candidate candidate : candidates) {
                sum += candidate.inFlight();
            }
            inFlight = sum;
        }
    }

    /** Whether a candidate may have one more. */
    boolean admits(int node) {
        int own = candidates[node].inFlight();
        return own == 0 || own < Math.ceil(shares[node] * (inFlight + 1));
    }
}
