/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.TargetInstance;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The way of a call to an instance, for one snapshot of the cluster:
 * {@code offers the gRPC service -> not ruled out by the route -> available -> tier -> not yet tried -> algorithm}. What depends on the gRPC service only is done
 * at its first call and kept, so that a pick is one look-up and one selection. A call with a {@link TargetInstance} goes there.
 *
 * <p>Thread-safe and, seen from outside, immutable.
 */
final class ClusterPicker extends SubchannelPicker {

    private final BalancerContext context;
    private final LoadBalancingAlgorithm algorithm;
    private final List<Stage> stages;
    private final Tiers tiers;
    private final List<ReadyEndpoint> ready;
    private final List<ServiceInstance> awaited;
    private final Map<String, Route> routes = new ConcurrentHashMap<>();

    /**
     * Creates the picker of a snapshot.
     *
     * @param ready all connected endpoints, not empty
     * @param awaited instances that are being connected for the first time
     */
    ClusterPicker(
            BalancerContext context,
            LoadBalancingAlgorithm algorithm,
            List<Stage> stages,
            Tiers tiers,
            List<ReadyEndpoint> ready,
            List<ServiceInstance> awaited) {
        this.context = context;
        this.algorithm = algorithm;
        this.stages = stages;
        this.tiers = tiers;
        this.ready = ready;
        this.awaited = awaited;
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs call) {
        Attempt attempt = call.getCallOptions().getOption(Attempt.KEY);
        Set<String> tried = Set.of();
        if (attempt != null) {
            attempt.balanced();
            tried = attempt.tried();
        }
        String target = call.getCallOptions().getOption(TargetInstance.KEY);
        if (target != null) {
            return directed(target);
        }
        String serviceName = call.getMethodDescriptor().getServiceName();
        String grpcService = serviceName == null ? "" : serviceName;
        Route route = routes.get(grpcService);
        if (route == null) {
            route = find(grpcService);
        }
        return route == null ? nobody(grpcService) : route.pick(call, tried);
    }

    /** What the call wants counts more than what the stages would say of the instance. */
    private PickResult directed(String id) {
        for (ReadyEndpoint endpoint : ready) {
            if (endpoint.id().equals(id)) {
                return endpoint.result();
            }
        }
        for (ServiceInstance instance : awaited) {
            if (instance.id().equals(id)) {
                return PickResult.withNoResult();
            }
        }
        return PickResult.withError(Unavailable.notConnected(context.reference(), ready, id));
    }

    private @Nullable Route find(String grpcService) {
        List<ReadyEndpoint> candidates = ready;
        for (Stage stage : stages) {
            candidates = stage.narrow(candidates, grpcService);
            if (candidates.isEmpty()) {
                return null; // and not kept: who calls through us may invent names
            }
        }
        List<Tier> found = tiers.split(List.copyOf(candidates), instance -> instance.offers(grpcService));
        return routes.computeIfAbsent(grpcService, name -> new Route(found, algorithm, context.random(), zones()));
    }

    private @Nullable ZoneFigures zones() {
        return tiers.policy().zoned() ? context.endpoints().zoneFigures() : null;
    }

    private PickResult nobody(String grpcService) {
        if (awaited.stream()
                .anyMatch(instance ->
                        instance.offers(grpcService) && tiers.policy().excludes(instance) == null)) {
            return PickResult.withNoResult();
        }
        boolean offered =
                ready.stream().anyMatch(endpoint -> endpoint.instance().offers(grpcService));
        return PickResult.withError(
                offered
                        ? Unavailable.ruledOut(context.reference(), ready, tiers.policy())
                        : Unavailable.notOffered(context.reference(), ready, grpcService));
    }

    /** Whether both pick the same. */
    boolean sameAs(ClusterPicker other) {
        return ready.equals(other.ready)
                && stages.equals(other.stages)
                && awaited.equals(other.awaited)
                && tiers.equals(other.tiers);
    }

    @Override
    public String toString() {
        return "rpc_cluster(" + context.reference() + ", " + algorithm.name() + ", " + ready.size() + " connected)";
    }
}
