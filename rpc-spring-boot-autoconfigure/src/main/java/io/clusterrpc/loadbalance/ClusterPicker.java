/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
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
 * {@code offers the gRPC service -> available -> not yet tried -> algorithm}. What depends on the gRPC service only is done
 * at its first call and kept, so that a pick is one look-up and one selection.
 *
 * <p>Thread-safe and, seen from outside, immutable.
 */
final class ClusterPicker extends SubchannelPicker {

    private final BalancerContext context;
    private final LoadBalancingAlgorithm algorithm;
    private final List<Stage> stages;
    private final List<ReadyEndpoint> ready;
    private final List<ServiceInstance> awaited;
    private final Map<String, Choice> choices = new ConcurrentHashMap<>();

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
            List<ReadyEndpoint> ready,
            List<ServiceInstance> awaited) {
        this.context = context;
        this.algorithm = algorithm;
        this.stages = stages;
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
        String serviceName = call.getMethodDescriptor().getServiceName();
        String grpcService = serviceName == null ? "" : serviceName;
        Choice choice = choices.get(grpcService);
        if (choice == null) {
            choice = choose(grpcService);
        }
        return choice == null ? nobodyOffers(grpcService) : choice.pick(call, tried);
    }

    private @Nullable Choice choose(String grpcService) {
        List<ReadyEndpoint> candidates = ready;
        for (Stage stage : stages) {
            candidates = stage.narrow(candidates, grpcService);
            if (candidates.isEmpty()) {
                return null; // and not kept: who calls through us may invent names
            }
        }
        List<ReadyEndpoint> chosen = List.copyOf(candidates);
        return choices.computeIfAbsent(
                grpcService, name -> new Choice(chosen, algorithm.selector(chosen), context.random()));
    }

    private PickResult nobodyOffers(String grpcService) {
        return awaited.stream().anyMatch(instance -> instance.offers(grpcService))
                ? PickResult.withNoResult()
                : PickResult.withError(Unavailable.notOffered(context.reference(), ready, grpcService));
    }

    /** Whether both pick the same. */
    boolean sameAs(ClusterPicker other) {
        return ready.equals(other.ready) && stages.equals(other.stages) && awaited.equals(other.awaited);
    }

    @Override
    public String toString() {
        return "rpc_cluster(" + context.reference() + ", " + algorithm.name() + ", " + ready.size() + " connected)";
    }
}
