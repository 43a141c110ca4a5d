/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.algorithm;

import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.loadbalance.hash.ConsistentHash;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The algorithms that configuration can name: those of the library and those that the application adds. Immutable. */
public final class Algorithms {

    /** What a reference uses unless told otherwise. */
    public static final String DEFAULT = Adaptive.NAME;

    private static final Set<String> BUILT_IN = Set.of(
            Adaptive.NAME,
            LeastRequest.NAME,
            RoundRobin.NAME,
            WeightedRoundRobin.NAME,
            RandomChoice.NAME,
            ConsistentHash.NAME);

    private final Supplier<RandomGenerator> random;
    private final LongSupplier nanoTime;
    private final Map<String, LoadBalancingAlgorithm> own = new TreeMap<>();

    /**
     * The library's algorithms and some more.
     *
     * @param own the application's
     * @throws IllegalArgumentException if two have the same name
     */
    public Algorithms(Collection<? extends LoadBalancingAlgorithm> own) {
        this(ThreadLocalRandom::current, System::nanoTime, own);
    }

    /**
     * The library's algorithms on a given randomness and the clock of the JVM, and some more.
     *
     * @param random asked for on the thread that picks
     * @param own the application's
     * @throws IllegalArgumentException if two have the same name
     */
    public Algorithms(Supplier<RandomGenerator> random, Collection<? extends LoadBalancingAlgorithm> own) {
        this(random, System::nanoTime, own);
    }

    /**
     * The library's algorithms on a given randomness and clock, and some more.
     *
     * @param random asked for on the thread that picks
     * @param nanoTime the monotonic clock that the candidates' figures are taken with
     * @param own the application's
     * @throws IllegalArgumentException if two have the same name
     */
    public Algorithms(
            Supplier<RandomGenerator> random, LongSupplier nanoTime, Collection<? extends LoadBalancingAlgorithm> own) {
        this.random = random;
        this.nanoTime = nanoTime;
        for (LoadBalancingAlgorithm algorithm : own) {
            String name = algorithm.name();
            LoadBalancingAlgorithm other =
                    BUILT_IN.contains(name) ? builtIn(name) : this.own.putIfAbsent(name, algorithm);
            if (other != null) {
                throw new IllegalArgumentException("algorithm: '" + name + "' is the name of both "
                        + other.getClass().getName() + " and "
                        + algorithm.getClass().getName() + " (expected: a name of its own for each)");
            }
        }
    }

    /** Makes one of the library's; few applications use more than one, and each is several classes. */
    private LoadBalancingAlgorithm builtIn(String name) {
        return switch (name) {
            case Adaptive.NAME -> new Adaptive(random, nanoTime);
            case LeastRequest.NAME -> new LeastRequest(random);
            case RoundRobin.NAME -> new RoundRobin(random);
            case WeightedRoundRobin.NAME -> new WeightedRoundRobin(random);
            case RandomChoice.NAME -> new RandomChoice(random);
            case ConsistentHash.NAME -> new ConsistentHash(new RandomChoice(random));
            default -> throw new IllegalArgumentException(name);
        };
    }

    /**
     * Finds an algorithm.
     *
     * @param name as in configuration
     * @return the algorithm
     * @throws IllegalArgumentException if there is none of that name; the message lists all names
     */
    public LoadBalancingAlgorithm named(String name) {
        LoadBalancingAlgorithm found = BUILT_IN.contains(name) ? builtIn(name) : own.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "algorithm: '" + name + "' (expected one of: " + String.join(", ", names()) + ")");
        }
        return found;
    }

    /**
     * The names of all algorithms.
     *
     * @return sorted
     */
    public SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(BUILT_IN);
        names.addAll(own.keySet());
        return names;
    }
}
