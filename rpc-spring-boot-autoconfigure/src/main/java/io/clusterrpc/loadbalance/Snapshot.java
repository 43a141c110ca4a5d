/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What the endpoints of one moment mean for calls.
 * <ul>
 *   <li>At least one is connected: calls go there, whatever the others do.
 *   <li>None is connected, but one never failed since it was last connected (it is being connected for the first time, or lost
 *       its connection just now): calls wait, because the answer is near. They wait no longer than their deadline, nor than the
 *       connect timeout of the channel.
 *   <li>All failed: calls fail at once and keep doing so while further tries are made in the background (calls with
 *       wait-for-ready wait).
 *   <li>There are none: calls fail at once with the text that the name resolver gave.
 * </ul>
 *
 * @param state of the channel
 * @param picker what calls get
 * @param warming whether weights change as time passes
 * @param unlistedToo whether instances that the registry lists no more get calls
 * @param allDrained whether all instances in use have weight 0
 * @param panic whether so few instances are usable that ejected ones get calls as well
 * @param spread how calls divide over zones and tags
 */
record Snapshot(
        ConnectivityState state,
        SubchannelPicker picker,
        boolean warming,
        boolean unlistedToo,
        boolean allDrained,
        boolean panic,
        Spread spread) {

    /**
     * Judges the endpoints and writes down at each whether it gets calls.
     *
     * @param endpoints those that have a connection or shall have one
     * @param resolution what the resolver said, also of unlisted instances that are not connected any more
     * @param whenEmpty how calls fail when there are none
     */
    static Snapshot of(
            Collection<Endpoint> endpoints,
            Resolution resolution,
            Status whenEmpty,
            Weights weights,
            LoadBalancingAlgorithm algorithm,
            BalancerContext context) {
        List<ReadyEndpoint> ready = new ArrayList<>();
        List<ServiceInstance> awaited = new ArrayList<>();
        List<ServiceInstance> members = new ArrayList<>();
        boolean warming = false;
        int listed = 0;
        for (Endpoint endpoint : endpoints) {
            if (endpoint.known().listed()) {
                members.add(endpoint.known().instance());
            }
            if (endpoint.isReady()) {
                double warmth = weights.warmth(endpoint.known());
                endpoint.known().warm(warmth);
                ready.add(endpoint.ready(weights.of(endpoint.known(), warmth)));
                warming |= warmth < 1;
                listed += endpoint.known().listed() ? 1 : 0;
            } else if (!endpoint.failing()) {
                awaited.add(endpoint.known().instance());
            }
        }
        if (ready.isEmpty()) {
            return without(endpoints, awaited, whenEmpty, context);
        }
        boolean unlistedToo =
                Available.needsUnlisted(listed, resolution.members().size());
        boolean allDrained = true;
        int usable = 0;
        int ejected = 0;
        int drained = 0;
        for (ReadyEndpoint endpoint : ready) {
            boolean considered = endpoint.listed() || unlistedToo;
            allDrained &= endpoint.drained() || !considered;
            drained += endpoint.drained() ? 1 : 0;
            usable += considered && !endpoint.drained() && !endpoint.ejected() ? 1 : 0;
            ejected += considered && !endpoint.drained() && endpoint.ejected() ? 1 : 0;
        }
        double fewest = (resolution.members().size() - drained)
                * context.policy().ejection().panicShare();
        boolean panic = ejected > 0 && (usable == 0 || usable < fewest);
        Available available = new Available(unlistedToo, panic);
        for (ReadyEndpoint endpoint : ready) {
            note(endpoint, available, allDrained);
        }
        RoutePolicy route = context.policy().route();
        List<Stage> stages = route.routes()
                ? List.of(new OffersService(), new Within(route), available)
                : List.of(new OffersService(), available);
        Tiers tiers = new Tiers(route, resolution.sizes(), route.zoned() ? members : List.of());
        Spread spread = Spread.of(ready, awaited, tiers, available);
        return new Snapshot(
                ConnectivityState.READY,
                new ClusterPicker(context, algorithm, stages, tiers, ready, awaited),
                warming,
                unlistedToo && listed < ready.size(),
                allDrained,
                panic,
                spread);
    }

    /** Whether calls get the same as from the other snapshot, apart from random choice. */
    boolean picksLike(Snapshot other) {
        return picker instanceof ClusterPicker one
                && other.picker instanceof ClusterPicker another
                && one.sameAs(another);
    }

    private static Snapshot without(
            Collection<Endpoint> endpoints, List<ServiceInstance> awaited, Status whenEmpty, BalancerContext context) {
        if (!awaited.isEmpty()) {
            return new Snapshot(
                    ConnectivityState.CONNECTING,
                    SettledPicker.waiting(context.reference() + ": connecting to " + awaited.size() + " instances"),
                    false,
                    false,
                    false,
                    false,
                    Spread.NONE);
        }
        Status status = endpoints.isEmpty() ? whenEmpty : Unavailable.unreachable(context.reference(), endpoints);
        return new Snapshot(
                ConnectivityState.TRANSIENT_FAILURE,
                SettledPicker.failing(status),
                false,
                false,
                false,
                false,
                Spread.NONE);
    }

    private static void note(ReadyEndpoint endpoint, Available available, boolean allDrained) {
        EjectionView ejection = endpoint.known().ejection().view();
        if (!endpoint.listed() && !available.unlistedToo()) {
            endpoint.known().skip("the registry does not list it any more");
        } else if (endpoint.drained() && !allDrained) {
            endpoint.known().skip("drained: its weight is 0");
        } else if (ejection != null && !available.ejectedToo()) {
            endpoint.known().skip("ejected: " + ejection.detail());
        } else {
            endpoint.known().use(allDrained ? 1 : endpoint.weight());
        }
    }
}
