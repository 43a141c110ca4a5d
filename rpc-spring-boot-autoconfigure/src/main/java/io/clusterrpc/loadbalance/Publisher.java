/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.loadbalance.route.ZoneSizes;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.Helper;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the channel a new picker when what calls get has changed, and again and again while instances warm up
 * or report their load to an algorithm that cares. Owned by the
 * synchronization context.
 */
final class Publisher {

    private static final Logger log = LoggerFactory.getLogger("io.clusterrpc.loadbalance");

    private final Helper helper;
    private final BalancerContext context;
    private final LoadBalancingAlgorithm algorithm;
    private final Weights weights;
    private final ReportedWeights reportedWeights;
    private Resolution resolution = new Resolution(Map.of(), Set.of(), ZoneSizes.EVEN);
    private Status whenEmpty;
    private @Nullable Snapshot current;
    private boolean spilling;
    private @Nullable ScheduledHandle refresh;

    Publisher(Helper helper, BalancerContext context) {
        this.helper = helper;
        this.context = context;
        this.algorithm = GuardedAlgorithm.of(context);
        this.weights = new Weights(algorithm.weightFactors(), context);
        this.reportedWeights = new ReportedWeights(
                context.policy().reportedLoad(),
                context.nanoTime(),
                algorithm.weightFactors().contains(WeightFactor.DYNAMIC));
        this.whenEmpty = Unavailable.noInstances(context.reference(), null);
    }

    BalancerContext context() {
        return context;
    }

    /** The resolver answered. */
    void resolved(Resolution resolution, @Nullable String whenEmpty) {
        this.resolution = resolution;
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
        reportedWeights.update(endpoints);
        Snapshot next = Snapshot.of(endpoints, resolution, whenEmpty, weights, algorithm, context);
        Snapshot last = current;
        current = next;
        if (last == null || !next.picksLike(last)) {
            logTransitions(last, next);
            logSpillOver(next);
            logFallback(last, next);
            helper.updateBalancingState(next.state(), next.picker());
        }
        Duration interval = refreshInterval(next);
        if (interval != null && refresh == null) {
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

    /** The spill-over of the own zone, as soon as nothing is merely being connected any more. */
    private void logSpillOver(Snapshot next) {
        boolean spills = next.spread().ownZone() < 1;
        if (next.state() != ConnectivityState.READY
                || spills == spilling
                || next.spread().connecting()) {
            return;
        }
        spilling = spills;
        if (spills) {
            log.warn(
                    "{}: zone {} is short of capacity; {} % of the calls go to other zones",
                    context.reference(),
                    context.policy().route().zone(),
                    Math.round(100 * (1 - next.spread().ownZone())));
        } else {
            log.info(
                    "{}: zone {} has capacity again; all calls stay in it",
                    context.reference(),
                    context.policy().route().zone());
        }
    }

    private void logFallback(@Nullable Snapshot last, Snapshot next) {
        boolean before = last != null && last.spread().fallback() > 0;
        boolean now = next.spread().fallback() > 0;
        if (now != before && next.state() == ConnectivityState.READY) {
            log.warn(
                    "{}: {} instance with tags {} is available; calls go to {}",
                    context.reference(),
                    now ? "no" : "an",
                    context.policy().route().wanted().tags(),
                    now ? "others" : "it");
        }
    }

    /** After how long weights will have changed although nothing happened, {@code null} if never. */
    private @Nullable Duration refreshInterval(Snapshot snapshot) {
        if (snapshot.warming()) {
            return weights.refreshInterval();
        }
        boolean reported = reportedWeights.taken() && snapshot.state() == ConnectivityState.READY;
        return reported ? reportedWeights.updatePeriod() : null;
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
                    resolution.members().size());
        }
        if (next.panic() && (last == null || !last.panic())) {
            log.warn(
                    "{}: too few of {} known instances are usable; those that are ejected get calls, too",
                    context.reference(),
                    resolution.members().size());
        }
    }

    void stop() {
        if (refresh != null) {
            refresh.cancel();
            refresh = null;
        }
    }
}
