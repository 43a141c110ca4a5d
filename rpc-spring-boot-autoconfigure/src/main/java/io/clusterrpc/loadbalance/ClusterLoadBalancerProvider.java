/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.Attributes;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.Helper;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import java.util.Map;
import java.util.TreeSet;

/**
 * Makes the {@code rpc_cluster} load balancer. gRPC finds it through {@link java.util.ServiceLoader}; the references' name
 * resolver tells it the rest in the attributes of a resolution: a {@link BalancerContext}, and with each address its
 * {@link io.clusterrpc.ServiceInstance}. With another resolver it rotates over the addresses. Thread-safe.
 */
public final class ClusterLoadBalancerProvider extends LoadBalancerProvider {

    /** The name of the policy in a service config. */
    public static final String POLICY = "rpc_cluster";

    /**
     * With an address: TRUE if the registry does not list the instance any more although it did not leave. Such an instance is
     * used only over a connection that still stands, and only while less than half of the known instances are listed and
     * connected.
     */
    public static final Attributes.Key<Boolean> UNLISTED = Attributes.Key.create("io.clusterrpc.unlisted");

    /** With a resolution: the text with which calls fail while the list is empty. */
    public static final Attributes.Key<String> NO_INSTANCES = Attributes.Key.create("io.clusterrpc.no-instances");

    /** Called by {@link java.util.ServiceLoader}. */
    public ClusterLoadBalancerProvider() {}

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public int getPriority() {
        return 5;
    }

    @Override
    public String getPolicyName() {
        return POLICY;
    }

    @Override
    public LoadBalancer newLoadBalancer(Helper helper) {
        return new ClusterLoadBalancer(helper);
    }

    @Override
    public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
        return config.isEmpty()
                ? ConfigOrError.fromConfig(POLICY)
                : ConfigOrError.fromError(Status.UNAVAILABLE.withDescription(POLICY + ": unknown key "
                        + new TreeSet<>(config.keySet()) + " (expected: none; rpc.references.* configures it)"));
    }
}
