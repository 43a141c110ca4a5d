/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An algorithm whose mistakes cost no call: what it throws, or an index that does not exist, is logged once, and a plain
 * rotation chooses instead. An exception in a picker would otherwise put the whole channel out of service.
 */
final class GuardedAlgorithm implements LoadBalancingAlgorithm {

    private static final Logger log = LoggerFactory.getLogger(GuardedAlgorithm.class);

    private final LoadBalancingAlgorithm algorithm;
    private final String reference;
    private final LoadBalancingAlgorithm fallback = new Rotation();
    private final AtomicBoolean reported = new AtomicBoolean();

    GuardedAlgorithm(LoadBalancingAlgorithm algorithm, String reference) {
        this.algorithm = algorithm;
        this.reference = reference;
    }

    /** The guarded algorithm of a reference. */
    static GuardedAlgorithm of(BalancerContext context) {
        GuardedAlgorithm shared = new GuardedAlgorithm(context.algorithm(), context.reference());
        try {
            return new GuardedAlgorithm(context.algorithm().forReference(context), context.reference());
        } catch (RuntimeException e) {
            shared.report("did not take the settings of the reference, is used without them", e);
            return shared;
        }
    }

    @Override
    public String name() {
        return algorithm.name();
    }

    @Override
    public Set<WeightFactor> weightFactors() {
        try {
            return Set.copyOf(algorithm.weightFactors());
        } catch (RuntimeException e) {
            report("names no weight factors", e);
            return fallback.weightFactors();
        }
    }

    @Override
    public Selector selector(List<? extends Candidate> candidates) {
        Selector substitute = fallback.selector(candidates);
        Selector selector;
        try {
            selector = algorithm.selector(candidates);
        } catch (RuntimeException e) {
            report("made no selector", e);
            return substitute;
        }
        int size = candidates.size();
        return call -> {
            try {
                int index = selector.select(call);
                if (index >= 0 && index < size) {
                    return index;
                }
                report("chose " + index + " of " + size + " candidates", null);
            } catch (RuntimeException e) {
                report("chose no candidate", e);
            }
            return substitute.select(call);
        };
    }

    private void report(String what, @Nullable RuntimeException e) {
        if (reported.compareAndSet(false, true)) {
            log.warn(
                    "{}: algorithm {} {}; instances take turns instead",
                    reference,
                    algorithm.getClass().getName(),
                    what,
                    e);
        }
    }
}
