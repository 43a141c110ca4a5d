/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import io.clusterrpc.loadbalance.Candidate;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Candidates in turn, each as often as its weight says and evenly spaced, so that none gets a burst. With equal weights it is
 * a plain round robin.
 *
 * <p>Every round visits every place of a fixed order; a place is taken in as many of the rounds as its share says (its stride),
 * spread evenly over them. A candidate heavier than the average has several places, so that a place skips less than every
 * second round on average and a pick takes about two steps, however much weights and numbers differ. Lock-free: one counter,
 * which starts anywhere, so that many clients do not march in step.
 */
final class SmoothRotation implements Selector {

    private static final long WHOLE = 1L << 32;
    /** The golden ratio as a fraction of 2^32: its multiples never cluster. */
    private static final long GOLDEN = 0x9E3779B9L;

    private final int[] candidates;
    private final long[] shares;
    private final AtomicLong position;

    private SmoothRotation(List<Place> places, double heaviest, RandomGenerator random) {
        this.candidates = places.stream().mapToInt(Place::candidate).toArray();
        this.shares = places.stream()
                .mapToLong(place -> Math.max(1, Math.round(place.weight() / heaviest * WHOLE)))
                .toArray();
        this.position = new AtomicLong(random.nextInt(Integer.MAX_VALUE));
    }

    static SmoothRotation over(List<? extends Candidate> candidates, RandomGenerator random) {
        double average =
                candidates.stream().mapToDouble(Candidate::weight).average().orElseThrow();
        boolean equal =
                candidates.stream().mapToDouble(Candidate::weight).distinct().count() == 1;
        List<Place> places = new ArrayList<>(candidates.size());
        double heaviest = 0;
        for (int i = 0; i < candidates.size(); i++) {
            double weight = candidates.get(i).weight();
            int count = equal ? 1 : (int) Math.ceil(weight / average);
            double first = fraction(i * GOLDEN);
            for (int k = 0; k < count; k++) {
                places.add(new Place(i, weight / count, (k + first) / count));
            }
            heaviest = Math.max(heaviest, weight / count);
        }
        if (!equal) {
            places.sort(Comparator.comparingDouble(Place::order));
        }
        return new SmoothRotation(places, heaviest, random);
    }

    @Override
    public int select(PickSubchannelArgs call) {
        while (true) {
            long step = position.getAndIncrement();
            int place = (int) (step % candidates.length);
            long round = step / candidates.length;
            long share = shares[place];
            if (((round * share + place * GOLDEN) & (WHOLE - 1)) < share) {
                return candidates[place];
            }
        }
    }

    private static double fraction(long multiple) {
        return (multiple & (WHOLE - 1)) / (double) WHOLE;
    }

    /** A place in the order of a round. */
    private record Place(int candidate, double weight, double order) {}
}
