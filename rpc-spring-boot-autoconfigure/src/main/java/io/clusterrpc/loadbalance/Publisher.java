/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.Helper;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the channel a new picker when what calls get has changed, and again and again while instances warm up. Owned by the
 * synchronization context.
 */
final class Publisher {

    private static final Logger log = LoggerFactory.getLogger("io.clusterrpc.loadbalance");

    private final Helper helper;
    private final BalancerContext context;
    private final LoadBalancingAlgorithm algorithm;
    private final Weights weights;
    private int known;
    private Status whenEmpty;
    private @Nullable Snapshot current;
    private @Nullable ScheduledHandle refresh;

    Publisher(Helper helper, BalancerContext context) {
        this.helper = helper;
        this.context = context;
        this.algorithm = new GuardedAlgorithm(context.algorithm(), context.reference());
        this.weights = new Weights(algorithm.weightFactors(), context);
        this.whenEmpty = Unavailable.noInstances(context.reference(), null);
    }

    BalancerContext context() {
        return context;
    }

    /** The resolver answered. */
    void resolved(int known, @Nullable String whenEmpty) {
        this.known = known;
        this.whenEmpty = Unavailable.noInstances(context.reference(), whenEmpty);
    }

    /** The resolver failed, and there is no earlier answer. */
    void unresolved(Status error) {
        this.whenEmpty = Unavailable.unresolved(context.reference(), error);
    }

    /** Whether calls reach an instance now. */
    boolean serving() {
        return current != null && current.state() == ConnectivityState.READY;
    }

    void publish(Collection<Endpoint> endpoints) {
        Snapshot next = Snapshot.of(endpoints, known, whenEmpty, weights, algorithm, context);
        Snapshot last = current;
        current = next;
        if (last == null || !next.picksLike(last)) {
            logTransitions(last, next);
            helper.updateBalancingState(next.state(), next.picker());
        }
        if (next.warming() && refresh == null) {
            Duration interval = weights.refreshInterval();
            refresh = helper.getSynchronizationContext()
                    .schedule(
                            () -> {
                                refresh = null;
                                publish(endpoints);
                            },
                            interval.toMillis(),
                            TimeUnit.MILLISECONDS,
                            helper.getScheduledExecutorService());
        }
    }

    private void logTransitions(@Nullable Snapshot last, Snapshot next) {
        if (next.allDrained() && (last == null || !last.allDrained())) {
            log.warn("{}: every instance has weight 0; they share the calls equally", context.reference());
        }
        if (next.unlistedToo() && (last == null || !last.unlistedToo())) {
            log.warn(
                    "{}: less than half of {} known instances are listed and connected;"
                            + " those that are connected but not listed get calls, too",
                    context.reference(),
                    known);
        }
    }

    void stop() {
        if (refresh != null) {
            refresh.cancel();
            refresh = null;
        }
    }
}
